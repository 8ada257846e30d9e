-- Names in time: a unit keeps its id when its name changes. The present one is also in body.name. from_day '' is "not
-- known"; an alias (short name, spelling in a plan) is another word for the same unit, not a name in time.
CREATE TABLE body_name (
  body_id @id NOT NULL REFERENCES body(id),
  name @text NOT NULL,
  folded @text NOT NULL,
  alias @bool NOT NULL DEFAULT 0,
  from_day @text NOT NULL,
  basis @text NOT NULL DEFAULT '',
  PRIMARY KEY (body_id, from_day, name)
);
CREATE INDEX body_name_folded ON body_name(folded);

-- Whom to call: focal points, leaders, the duty shift. Ended ones are kept.
CREATE TABLE contact (
  id @id PRIMARY KEY,
  body_id @id NOT NULL REFERENCES body(id),
  kind @text NOT NULL,
  name @text NOT NULL,
  title @text NOT NULL DEFAULT '',
  phone @text NOT NULL DEFAULT '',
  phone_after_hours @text NOT NULL DEFAULT '',
  email @text NOT NULL DEFAULT '',
  note @text NOT NULL DEFAULT '',
  verified_ms @ms,
  from_day @text NOT NULL,
  until_day @text,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX contact_body ON contact(body_id, kind, from_day);
