CREATE TABLE body (
  id @id PRIMARY KEY,
  parent_id @id REFERENCES body(id),
  root_id @id NOT NULL,
  kind @text NOT NULL,
  name @text NOT NULL,
  short_name @text NOT NULL,
  place @text NOT NULL DEFAULT '',
  sort_key @text NOT NULL,
  closed_day @text,
  version @int NOT NULL DEFAULT 1,
  created_ms @ms NOT NULL
);
CREATE INDEX body_parent ON body(parent_id, sort_key);

-- Every body with itself (depth 0) and all above it.
CREATE TABLE body_ancestor (
  body_id @id NOT NULL REFERENCES body(id),
  ancestor_id @id NOT NULL REFERENCES body(id),
  depth @int NOT NULL,
  PRIMARY KEY (body_id, ancestor_id)
);
CREATE INDEX body_ancestor_down ON body_ancestor(ancestor_id, depth, body_id);

CREATE TABLE account (
  id @id PRIMARY KEY,
  login @text NOT NULL UNIQUE,
  name @text NOT NULL,
  email @text,
  phone @text,
  password @text,
  totp_secret @text,
  totp_last @int NOT NULL DEFAULT 0,
  os_user @text UNIQUE,
  home_body_id @id NOT NULL REFERENCES body(id),
  lang @text NOT NULL DEFAULT 'vi',
  failed_count @int NOT NULL DEFAULT 0,
  locked_until_ms @ms NOT NULL DEFAULT 0,
  disabled_ms @ms,
  version @int NOT NULL DEFAULT 1,
  created_ms @ms NOT NULL
);

CREATE TABLE account_role (
  account_id @id NOT NULL REFERENCES account(id),
  body_id @id NOT NULL REFERENCES body(id),
  role @int NOT NULL,
  PRIMARY KEY (account_id, body_id, role)
);
CREATE INDEX account_role_body ON account_role(body_id, account_id);

CREATE TABLE session (
  id @text PRIMARY KEY,
  account_id @id NOT NULL REFERENCES account(id),
  body_id @id NOT NULL REFERENCES body(id),
  created_ms @ms NOT NULL,
  seen_ms @ms NOT NULL,
  expires_ms @ms NOT NULL,
  remote @text NOT NULL,
  agent @text NOT NULL
);
CREATE INDEX session_account ON session(account_id);
CREATE INDEX session_expires ON session(expires_ms);

CREATE TABLE api_token (
  id @text PRIMARY KEY,
  hash @text NOT NULL UNIQUE,
  account_id @id NOT NULL REFERENCES account(id),
  body_id @id NOT NULL REFERENCES body(id),
  name @text NOT NULL,
  scopes @text NOT NULL,
  created_ms @ms NOT NULL,
  expires_ms @ms NOT NULL,
  used_ms @ms,
  revoked_ms @ms
);
CREATE INDEX api_token_account ON api_token(account_id);

CREATE TABLE audit (
  chain @id NOT NULL,
  number @int NOT NULL,
  at_ms @ms NOT NULL,
  account_id @id,
  os_user @text,
  operation @text NOT NULL,
  type @text NOT NULL,
  subject_id @text NOT NULL,
  body_id @id,
  details @json,
  previous @text NOT NULL,
  hash @text NOT NULL,
  PRIMARY KEY (chain, number)
);
CREATE INDEX audit_subject ON audit(type, subject_id, at_ms);

CREATE TABLE audit_head (
  chain @id PRIMARY KEY,
  number @int NOT NULL,
  hash @text NOT NULL
);

CREATE TABLE setting (
  key @text PRIMARY KEY,
  value @text NOT NULL,
  version @int NOT NULL DEFAULT 1
);

CREATE TABLE code_counter (
  prefix @text NOT NULL,
  year @int NOT NULL,
  last @int NOT NULL,
  PRIMARY KEY (prefix, year)
);

CREATE TABLE stored_file (
  sha256 @text PRIMARY KEY,
  size_bytes @int NOT NULL,
  created_ms @ms NOT NULL
);

CREATE TABLE attachment (
  id @id PRIMARY KEY,
  type @text NOT NULL,
  subject_id @text NOT NULL,
  body_id @id NOT NULL REFERENCES body(id),
  sha256 @text NOT NULL REFERENCES stored_file(sha256),
  name @text NOT NULL,
  media_type @text NOT NULL,
  account_id @id,
  created_ms @ms NOT NULL
);
CREATE INDEX attachment_subject ON attachment(type, subject_id, created_ms);

CREATE TABLE job (
  id @id PRIMARY KEY,
  name @text NOT NULL,
  payload @json NOT NULL,
  state @text NOT NULL,
  run_at_ms @ms NOT NULL,
  attempts @int NOT NULL DEFAULT 0,
  lease_until_ms @ms NOT NULL DEFAULT 0,
  last_error @text,
  created_ms @ms NOT NULL,
  ended_ms @ms
);
CREATE INDEX job_due ON job(run_at_ms) WHERE state = 'waiting';
