-- A second factor that was begun and not yet confirmed by a code.
ALTER TABLE account ADD COLUMN totp_pending @text;
CREATE INDEX account_home ON account(home_body_id, login);
