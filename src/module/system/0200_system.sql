-- Information systems: what is protected. body_id keeps the register; it is the owner unless owner_name names
-- another. What is not known is null, so that it can be counted as missing.
CREATE TABLE system (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  name @text NOT NULL,
  sort_key @text NOT NULL,
  purpose @text,
  owner_name @text,
  operator_body_id @id REFERENCES body(id),
  operator_name @text,
  provider_name @text,
  provider_phone @text,
  contact_name @text,
  contact_phone @text,
  contact_email @text,
  personal_data @bool NOT NULL DEFAULT 0,
  continuity_rank @int,
  level @int,
  decision_number @text,
  decision_day @text,
  decision_issuer @text,
  retired_day @text,
  retired_reason @text,
  version @int NOT NULL DEFAULT 1,
  created_ms @ms NOT NULL
);
CREATE INDEX system_body ON system(body_id, sort_key);
CREATE INDEX system_operator ON system(operator_body_id);
