-- Keys whose packages this installation believes, and whose they are. A key that is no longer believed stays, with the reason.
CREATE TABLE trusted_key (
  id @id PRIMARY KEY,
  public_key @text NOT NULL UNIQUE,
  owner @text NOT NULL,
  compared @text NOT NULL,
  account_id @id REFERENCES account(id),
  created_ms @ms NOT NULL,
  revoked_ms @ms,
  revoked_reason @text NOT NULL DEFAULT ''
);
