-- Who is on duty, from when to when; weekly: again every seven days until it is ended. Ended ones are kept.
CREATE TABLE shift (
  id @id PRIMARY KEY,
  body_id @id NOT NULL REFERENCES body(id),
  name @text NOT NULL,
  phone @text NOT NULL,
  email @text NOT NULL DEFAULT '',
  note @text NOT NULL DEFAULT '',
  from_ms @ms NOT NULL,
  until_ms @ms NOT NULL,
  weekly @bool NOT NULL,
  ended_ms @ms,
  created_ms @ms NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX shift_body ON shift(body_id, weekly, until_ms) WHERE ended_ms IS NULL;

-- What one shift tells the next. Only added to.
CREATE TABLE shift_handover (
  id @id PRIMARY KEY,
  body_id @id NOT NULL REFERENCES body(id),
  at_ms @ms NOT NULL,
  account_id @id,
  author @text NOT NULL,
  to_name @text NOT NULL DEFAULT '',
  text @text NOT NULL
);
CREATE INDEX shift_handover_body ON shift_handover(body_id, at_ms);
