-- One duty is one piece of work with one due day. What recurs is a series: when one is done or its period ends, the next
-- follows (series_id is the id of the first).
CREATE TABLE duty (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  series_id @id NOT NULL,
  body_id @id NOT NULL REFERENCES body(id),
  plan_id @id,
  law_rule @text,
  subject_type @text,
  subject_id @text,
  task_ref @text NOT NULL DEFAULT '',
  section @text NOT NULL DEFAULT '',
  title @text NOT NULL,
  content @text NOT NULL,
  lead_names @text NOT NULL DEFAULT '',
  lead_body_id @id REFERENCES body(id),
  period @text NOT NULL,
  time_text @text,
  cycle_from @text,
  cycle_to @text,
  due_day @text,
  due_ground @text NOT NULL DEFAULT '',
  due_basis @text NOT NULL DEFAULT '',
  state @text NOT NULL,
  assignee_id @id REFERENCES account(id),
  evidenced_ms @ms,
  done_ms @ms,
  done_by @id REFERENCES account(id),
  escalated_ms @ms,
  created_ms @ms NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX duty_section ON duty(body_id, section);
CREATE INDEX duty_plan ON duty(plan_id, task_ref);
CREATE INDEX duty_series ON duty(series_id, created_ms);
CREATE INDEX duty_assignee ON duty(assignee_id, due_day) WHERE state IN ('todo', 'doing', 'approval');
CREATE INDEX duty_due ON duty(due_day) WHERE state IN ('todo', 'doing', 'approval');
CREATE INDEX duty_subject ON duty(subject_type, subject_id);

CREATE TABLE duty_party (
  duty_id @id NOT NULL REFERENCES duty(id),
  position @int NOT NULL,
  role @text NOT NULL,
  name @text NOT NULL,
  body_id @id REFERENCES body(id),
  certainty @text NOT NULL DEFAULT 'read',
  PRIMARY KEY (duty_id, position)
);

-- One row for each body that may see the duty: its own, the lead units, the partners, and all above them. `due_key` is the
-- due day, '9999-12-31' without one, so that a page of 20 is one range of one index at every level of the tree.
CREATE TABLE duty_scope (
  body_id @id NOT NULL,
  open @int NOT NULL,
  due_key @text NOT NULL,
  duty_id @id NOT NULL,
  PRIMARY KEY (body_id, open, due_key, duty_id)
);
CREATE INDEX duty_scope_duty ON duty_scope(duty_id);

-- Open duties by body and due day, kept in the transaction of every change: counts on the board are sums of a few rows.
CREATE TABLE duty_day (
  body_id @id NOT NULL,
  due_key @text NOT NULL,
  open_count @int NOT NULL,
  PRIMARY KEY (body_id, due_key)
);

CREATE TABLE duty_event (
  id @id PRIMARY KEY,
  duty_id @id NOT NULL REFERENCES duty(id),
  group_id @id NOT NULL,
  at_ms @ms NOT NULL,
  account_id @id,
  kind @text NOT NULL,
  note @text NOT NULL DEFAULT '',
  before @json,
  after @json,
  undone_ms @ms
);
CREATE INDEX duty_event_group ON duty_event(group_id);
CREATE INDEX duty_event_duty ON duty_event(duty_id, at_ms);

CREATE TABLE duty_proof (
  id @id PRIMARY KEY,
  duty_id @id NOT NULL REFERENCES duty(id),
  at_ms @ms NOT NULL,
  account_id @id,
  kind @text NOT NULL,
  text @text NOT NULL,
  attachment_id @id
);
CREATE INDEX duty_proof_duty ON duty_proof(duty_id, at_ms);
