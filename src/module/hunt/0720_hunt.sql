-- A hunt looks through stored logs for what nobody was warned of. state: draft, running, paused, done, failed, cancelled, concluded.
-- kind: hunt, trial (of one rule), estimate (counts alerts a day; never listed). sources, systems, lists, rules: JSON lists of ids, empty: all
-- sources, or none of the others. pack_id with least_level: the rules of a pack from that level on. place: where to go on (log_reader_place).
-- handed_from: the hunt of the body above that this one was made from; package: hash of the signed file that it came in.
CREATE TABLE hunt (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  kind @text NOT NULL,
  title @text NOT NULL,
  hypothesis @text NOT NULL,
  sources @json NOT NULL,
  systems @json NOT NULL,
  from_ms @ms,
  to_ms @ms,
  lists @json NOT NULL,
  indicators @text NOT NULL,
  pack_id @id,
  least_level @int NOT NULL,
  rules @json NOT NULL,
  rules_yaml @text NOT NULL,
  words @text NOT NULL,
  state @text NOT NULL,
  owner_id @id REFERENCES account(id),
  handed_from @id,
  package @text NOT NULL,
  package_by @text NOT NULL,
  place @text NOT NULL DEFAULT '',
  failure @text NOT NULL DEFAULT '',
  segments @int NOT NULL DEFAULT 0,
  segments_done @int NOT NULL DEFAULT 0,
  damaged @int NOT NULL DEFAULT 0,
  records @int NOT NULL DEFAULT 0,
  bytes @int NOT NULL DEFAULT 0,
  bytes_done @int NOT NULL DEFAULT 0,
  hits @int NOT NULL DEFAULT 0,
  hits_beyond @int NOT NULL DEFAULT 0,
  work_ms @int NOT NULL DEFAULT 0,
  started_ms @ms,
  seen_ms @ms,
  ended_ms @ms,
  conclusion @text NOT NULL DEFAULT '',
  actions @text NOT NULL DEFAULT '',
  concluded_ms @ms,
  concluded_by @id REFERENCES account(id),
  duty_id @id,
  created_ms @ms NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX hunt_running ON hunt(started_ms) WHERE state = 'running';
CREATE INDEX hunt_concluded ON hunt(body_id, concluded_ms) WHERE state = 'concluded';
CREATE INDEX hunt_estimate ON hunt(pack_id, created_ms) WHERE kind = 'estimate';
CREATE INDEX hunt_handed ON hunt(handed_from) WHERE handed_from IS NOT NULL;

-- One row for the body and each above it, and for each tab of the list that holds the hunt.
CREATE TABLE hunt_scope (
  body_id @id NOT NULL,
  tab @text NOT NULL,
  at_ms @ms NOT NULL,
  hunt_id @id NOT NULL REFERENCES hunt(id),
  PRIMARY KEY (body_id, tab, at_ms, hunt_id)
);
CREATE INDEX hunt_scope_hunt ON hunt_scope(hunt_id);

-- What was found, gathered by what was looked for, source and machine. kind: rule, indicator, words. triage: new, suspect, normal, incident.
CREATE TABLE hunt_group (
  hunt_id @id NOT NULL REFERENCES hunt(id),
  number @int NOT NULL,
  group_key @text NOT NULL,
  kind @text NOT NULL,
  what @text NOT NULL,
  title @text NOT NULL,
  level @int NOT NULL,
  techniques @text NOT NULL,
  source_id @id,
  source_name @text NOT NULL,
  system_id @id,
  host @text NOT NULL,
  signs @json NOT NULL,
  count @int NOT NULL,
  kept @int NOT NULL,
  first_ms @ms NOT NULL,
  last_ms @ms NOT NULL,
  triage @text NOT NULL DEFAULT 'new',
  note @text NOT NULL DEFAULT '',
  triaged_ms @ms,
  triaged_by @id REFERENCES account(id),
  incident_id @id REFERENCES incident(id),
  PRIMARY KEY (hunt_id, number),
  UNIQUE (hunt_id, group_key)
);

-- The first events of a group, as they came and as they were understood.
CREATE TABLE hunt_event (
  hunt_id @id NOT NULL REFERENCES hunt(id),
  group_number @int NOT NULL,
  number @int NOT NULL,
  at_ms @ms NOT NULL,
  received_ms @ms NOT NULL,
  raw @text NOT NULL,
  fields @json NOT NULL,
  PRIMARY KEY (hunt_id, group_number, number)
);

-- Answers of bodies below to a hunt that was handed down as a file: how many groups and hits, and their conclusion.
CREATE TABLE hunt_answer (
  hunt_id @id NOT NULL REFERENCES hunt(id),
  public_key @text NOT NULL,
  body_name @text NOT NULL,
  hunt_code @text NOT NULL,
  result @json NOT NULL,
  received_ms @ms NOT NULL,
  PRIMARY KEY (hunt_id, public_key, hunt_code)
);
