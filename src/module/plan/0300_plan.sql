CREATE TABLE plan (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  state @text NOT NULL,
  origin @text NOT NULL,
  number @text NOT NULL DEFAULT '',
  issued_day @text,
  title @text NOT NULL,
  period_from @text,
  period_to @text,
  signer @text NOT NULL DEFAULT '',
  above_id @id REFERENCES plan(id),
  previous_id @id REFERENCES plan(id),
  source_sha256 @text,
  source_name @text NOT NULL DEFAULT '',
  errors @int NOT NULL DEFAULT 0,
  warnings @int NOT NULL DEFAULT 0,
  hints @int NOT NULL DEFAULT 0,
  created_by @id,
  created_ms @ms NOT NULL,
  approved_by @id,
  approved_ms @ms,
  ended_ms @ms,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX plan_body ON plan(body_id, state, created_ms);
CREATE INDEX plan_previous ON plan(previous_id);

-- What is long: the reading, the lines of the source, the findings. Lists never read this table.
CREATE TABLE plan_content (
  plan_id @id PRIMARY KEY REFERENCES plan(id),
  reading @json NOT NULL,
  source @json NOT NULL,
  findings @json NOT NULL
);
