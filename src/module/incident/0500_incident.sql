-- One case, from the first word on. `facts` is what was entered about it; what lists and clocks ask is also in columns.
-- state: reported, verifying, responding, contained, recovering, ended, closed; aside: rejected, near_miss, duplicate.
CREATE TABLE incident (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  title @text NOT NULL,
  state @text NOT NULL,
  source @text NOT NULL,
  description @text NOT NULL,
  reporter_name @text NOT NULL DEFAULT '',
  reporter_phone @text NOT NULL DEFAULT '',
  reporter_email @text NOT NULL DEFAULT '',
  follow_code @text NOT NULL UNIQUE,
  remote @text NOT NULL DEFAULT '',
  facts @json NOT NULL,
  profile @text NOT NULL,
  severity @text NOT NULL,
  severity_by @text NOT NULL DEFAULT 'law',
  severity_reason @text NOT NULL DEFAULT '',
  severity_confirmed_ms @ms,
  workflow @text NOT NULL,
  system_name @text NOT NULL DEFAULT '',
  system_level @int,
  detected_ms @ms NOT NULL,
  received_ms @ms NOT NULL,
  acknowledged_ms @ms,
  escalated_ms @ms,
  sender_verified_ms @ms,
  sender_verified_how @text NOT NULL DEFAULT '',
  decided_reason @text NOT NULL DEFAULT '',
  duplicate_of @id REFERENCES incident(id),
  commander_id @id REFERENCES account(id),
  ended_ms @ms,
  closed_ms @ms,
  close_reason @text NOT NULL DEFAULT '',
  due_ms @ms,
  created_ms @ms NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX incident_remote ON incident(remote, received_ms);
CREATE INDEX incident_commander ON incident(commander_id, due_ms) WHERE closed_ms IS NULL;
CREATE INDEX incident_waiting ON incident(received_ms) WHERE acknowledged_ms IS NULL;

-- One row for the body and each above it. sort_ms: of an open case the nearest due time of a notice (far away without
-- one), of one that is done the time of its report: a page of 20 is one range of one index at every level of the tree.
CREATE TABLE incident_scope (
  body_id @id NOT NULL,
  open @int NOT NULL,
  sort_ms @ms NOT NULL,
  incident_id @id NOT NULL,
  PRIMARY KEY (body_id, open, sort_ms, incident_id)
);
CREATE INDEX incident_scope_incident ON incident_scope(incident_id);

-- Every assessment is kept: what was known then, and what followed.
CREATE TABLE incident_assessment (
  incident_id @id NOT NULL REFERENCES incident(id),
  number @int NOT NULL,
  at_ms @ms NOT NULL,
  account_id @id,
  facts @json NOT NULL,
  answer @json NOT NULL,
  reason @text NOT NULL DEFAULT '',
  PRIMARY KEY (incident_id, number)
);

-- A step done again is a new pass; the earlier ones stay.
CREATE TABLE incident_step (
  incident_id @id NOT NULL REFERENCES incident(id),
  workflow @text NOT NULL,
  position @int NOT NULL,
  step @text NOT NULL,
  pass @int NOT NULL,
  state @text NOT NULL,
  begun_ms @ms,
  done_ms @ms,
  account_id @id,
  note @text NOT NULL DEFAULT '',
  PRIMARY KEY (incident_id, workflow, step, pass)
);

CREATE TABLE incident_task (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  step @text NOT NULL DEFAULT '',
  title @text NOT NULL,
  owner_id @id REFERENCES account(id),
  due_ms @ms,
  done_ms @ms,
  result @text NOT NULL DEFAULT '',
  created_ms @ms NOT NULL
);
CREATE INDEX incident_task_incident ON incident_task(incident_id, created_ms);
CREATE INDEX incident_task_owner ON incident_task(owner_id, due_ms) WHERE done_ms IS NULL;

-- Only added to. kind: note, auto, fix (corrects another line).
CREATE TABLE incident_log (
  incident_id @id NOT NULL REFERENCES incident(id),
  number @int NOT NULL,
  at_ms @ms NOT NULL,
  entered_ms @ms NOT NULL,
  account_id @id,
  author @text NOT NULL,
  kind @text NOT NULL,
  text @text NOT NULL,
  corrects @int,
  PRIMARY KEY (incident_id, number)
);

-- Who must be told what by when. state: unsent, sent, confirmed, void (no longer due by the facts).
CREATE TABLE incident_notice (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  clock @text NOT NULL,
  receiver @text NOT NULL,
  what @text NOT NULL,
  form @text NOT NULL DEFAULT '',
  basis @text NOT NULL DEFAULT '',
  at_once @bool NOT NULL,
  due_ms @ms,
  state @text NOT NULL,
  sent_ms @ms,
  confirmed_ms @ms,
  channel @text NOT NULL DEFAULT '',
  recipient @text NOT NULL DEFAULT '',
  proof @text NOT NULL DEFAULT '',
  attachment_id @id,
  account_id @id,
  UNIQUE (incident_id, clock, receiver)
);

-- Who the actors of the law are in this case: by the plan in force, or as entered.
CREATE TABLE incident_party (
  incident_id @id NOT NULL REFERENCES incident(id),
  actor @text NOT NULL,
  name @text NOT NULL,
  contact @text NOT NULL DEFAULT '',
  ground @text NOT NULL,
  PRIMARY KEY (incident_id, actor)
);

CREATE TABLE incident_person (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  name @text NOT NULL,
  unit @text NOT NULL DEFAULT '',
  role @text NOT NULL DEFAULT '',
  phone @text NOT NULL DEFAULT '',
  joined_ms @ms NOT NULL,
  released_ms @ms
);
CREATE INDEX incident_person_incident ON incident_person(incident_id, joined_ms);

CREATE TABLE incident_system (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  name @text NOT NULL,
  level @int,
  impact @text NOT NULL DEFAULT '',
  created_ms @ms NOT NULL
);
CREATE INDEX incident_system_incident ON incident_system(incident_id, created_ms);

-- value is kept as it is in the world; screens show it defanged.
CREATE TABLE incident_observable (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  kind @text NOT NULL,
  value @text NOT NULL,
  note @text NOT NULL DEFAULT '',
  tlp @text NOT NULL,
  account_id @id,
  created_ms @ms NOT NULL,
  UNIQUE (incident_id, kind, value)
);
CREATE INDEX incident_observable_value ON incident_observable(kind, value);

-- Never changed, never deleted. sha256 is null for an object that is not a file.
CREATE TABLE incident_evidence (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  number @int NOT NULL,
  title @text NOT NULL,
  sha256 @text,
  size_bytes @int,
  file_name @text NOT NULL DEFAULT '',
  taken_ms @ms NOT NULL,
  taken_by @text NOT NULL,
  taken_where @text NOT NULL DEFAULT '',
  taken_how @text NOT NULL DEFAULT '',
  seal @text NOT NULL DEFAULT '',
  created_ms @ms NOT NULL,
  UNIQUE (incident_id, number)
);
CREATE INDEX incident_evidence_file ON incident_evidence(sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE incident_custody (
  id @id PRIMARY KEY,
  evidence_id @id NOT NULL REFERENCES incident_evidence(id),
  at_ms @ms NOT NULL,
  account_id @id,
  action @text NOT NULL,
  from_whom @text NOT NULL DEFAULT '',
  to_whom @text NOT NULL DEFAULT '',
  note @text NOT NULL DEFAULT '',
  intact @bool
);
CREATE INDEX incident_custody_evidence ON incident_custody(evidence_id, at_ms);

-- state: draft, submitted, signed, frozen. A correction is a new paper.
CREATE TABLE incident_paper (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  form @text NOT NULL,
  fields @json NOT NULL,
  state @text NOT NULL,
  number @text NOT NULL DEFAULT '',
  issued_day @text,
  signer @text NOT NULL DEFAULT '',
  sha256 @text,
  scan_id @id,
  account_id @id,
  created_ms @ms NOT NULL,
  changed_ms @ms NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX incident_paper_incident ON incident_paper(incident_id, created_ms);
