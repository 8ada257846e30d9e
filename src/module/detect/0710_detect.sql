-- Rules and indicator lists belong to the whole installation: one engine looks at all logs. version counts every change of either.
CREATE TABLE detect_state (
  id @int PRIMARY KEY,
  version @int NOT NULL
);
INSERT INTO detect_state (id, version) VALUES (1, 1);

-- A set of rules as it came. origin: own (carried with the program), loaded. least_level: rules from there on run unless chosen singly;
-- levels are 0 informational to 4 critical, 5: none.
CREATE TABLE rule_pack (
  id @id PRIMARY KEY,
  name @text NOT NULL UNIQUE,
  origin @text NOT NULL,
  licence @text NOT NULL,
  sha256 @text NOT NULL,
  least_level @int NOT NULL,
  rule_count @int NOT NULL,
  faults @json NOT NULL,
  added_ms @ms NOT NULL,
  account_id @id
);

CREATE TABLE rule_file (
  pack_id @id NOT NULL REFERENCES rule_pack(id),
  path @text NOT NULL,
  yaml @text NOT NULL,
  PRIMARY KEY (pack_id, path)
);

-- rule_key is the id in the rule, else made from its name or title. own: title, explanation and scenario written for this program, as JSON.
CREATE TABLE rule (
  pack_id @id NOT NULL REFERENCES rule_pack(id),
  rule_key @text NOT NULL,
  path @text NOT NULL,
  line @int NOT NULL,
  title @text NOT NULL,
  kind @text NOT NULL,
  level @int NOT NULL,
  status @text NOT NULL,
  author @text NOT NULL,
  description @text NOT NULL,
  product @text NOT NULL,
  category @text NOT NULL,
  service @text NOT NULL,
  techniques @text NOT NULL,
  tactics @text NOT NULL,
  own @json NOT NULL,
  sort_key @text NOT NULL,
  PRIMARY KEY (pack_id, rule_key)
);
CREATE INDEX rule_sorted ON rule(level, sort_key);
CREATE INDEX rule_by_key ON rule(rule_key);

-- What a person chose for one rule; it stays when the pack is loaded anew.
CREATE TABLE rule_choice (
  rule_key @text PRIMARY KEY,
  enabled @bool NOT NULL,
  account_id @id,
  chosen_ms @ms NOT NULL
);

-- What a rule found in the stored logs of the last days, before it was enabled.
CREATE TABLE rule_estimate (
  rule_key @text PRIMARY KEY,
  matches @int NOT NULL,
  alerts @int NOT NULL,
  days @int NOT NULL,
  at_ms @ms NOT NULL
);

-- The bytes are kept as a file by their hash. format: plain, csv, misp, stix, warning.
CREATE TABLE indicator_list (
  id @id PRIMARY KEY,
  name @text NOT NULL UNIQUE,
  format @text NOT NULL,
  source @text NOT NULL,
  licence @text NOT NULL,
  tlp @text NOT NULL,
  sha256 @text NOT NULL,
  value_count @int NOT NULL,
  fault_count @int NOT NULL,
  enabled @bool NOT NULL,
  until_ms @ms,
  added_ms @ms NOT NULL,
  account_id @id
);
