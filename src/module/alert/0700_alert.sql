-- What the eyes saw, until somebody decides what it is. level: 0 informational to 4 critical. state: new, viewing, true, false, ignored.
-- first_ms and last_ms are the events' own times; count is how many events the alert stands for.
CREATE TABLE alert (
  id @id PRIMARY KEY,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  system_id @id REFERENCES system(id),
  source_id @id,
  source_name @text NOT NULL,
  host @text NOT NULL,
  kind @text NOT NULL,
  rule_id @text NOT NULL,
  title @text NOT NULL,
  explanation @text NOT NULL,
  original @text NOT NULL,
  author @text NOT NULL,
  level @int NOT NULL,
  techniques @text NOT NULL,
  scenario @text NOT NULL,
  group_key @text NOT NULL,
  state @text NOT NULL,
  reason @text NOT NULL DEFAULT '',
  ignored_until_ms @ms,
  incident_id @id REFERENCES incident(id),
  assignee_id @id REFERENCES account(id),
  taken_ms @ms,
  decided_ms @ms,
  told_ms @ms,
  escalated_ms @ms,
  first_ms @ms NOT NULL,
  last_ms @ms NOT NULL,
  created_ms @ms NOT NULL,
  count @int NOT NULL,
  version @int NOT NULL DEFAULT 1
);
CREATE INDEX alert_group ON alert(body_id, rule_id, group_key, created_ms);
CREATE INDEX alert_rule ON alert(rule_id, created_ms);
CREATE INDEX alert_incident ON alert(incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alert_untold ON alert(created_ms) WHERE state = 'new';

-- One row for the body and each above it, and for each tab of the list that holds the alert: a page is one range of one index.
CREATE TABLE alert_scope (
  body_id @id NOT NULL,
  tab @text NOT NULL,
  rank @int NOT NULL,
  at_ms @ms NOT NULL,
  alert_id @id NOT NULL REFERENCES alert(id),
  PRIMARY KEY (body_id, tab, rank, at_ms, alert_id)
);
CREATE INDEX alert_scope_alert ON alert_scope(alert_id);

-- The first events of an alert, raw as they came and the fields by which the rule was fulfilled. Never changed.
CREATE TABLE alert_event (
  alert_id @id NOT NULL REFERENCES alert(id),
  number @int NOT NULL,
  at_ms @ms NOT NULL,
  received_ms @ms NOT NULL,
  raw @text NOT NULL,
  fields @json NOT NULL,
  PRIMARY KEY (alert_id, number)
);

CREATE TABLE alert_observable (
  alert_id @id NOT NULL REFERENCES alert(id),
  kind @text NOT NULL,
  value @text NOT NULL,
  PRIMARY KEY (alert_id, kind, value)
);
CREATE INDEX alert_observable_value ON alert_observable(kind, value);

-- Hits of the rule (empty: of any rule) whose field has the value (empty field: any) raise nothing until the day; they are counted here.
CREATE TABLE alert_suppression (
  id @id PRIMARY KEY,
  body_id @id NOT NULL REFERENCES body(id),
  rule_id @text NOT NULL,
  rule_title @text NOT NULL,
  field @text NOT NULL,
  value @text NOT NULL,
  reason @text NOT NULL,
  until_ms @ms NOT NULL,
  account_id @id,
  created_ms @ms NOT NULL,
  ended_ms @ms,
  count @int NOT NULL DEFAULT 0,
  last_ms @ms
);
CREATE INDEX alert_suppression_rule ON alert_suppression(rule_id, until_ms);
CREATE INDEX alert_suppression_body ON alert_suppression(body_id, created_ms);

-- Who is told how. quiet_from and quiet_to are minutes of the day; equal: no quiet hours.
CREATE TABLE alert_route (
  body_id @id PRIMARY KEY REFERENCES body(id),
  least_level @int NOT NULL,
  emails @text NOT NULL,
  quiet_from @int NOT NULL,
  quiet_to @int NOT NULL,
  escalate_minutes @int NOT NULL,
  version @int NOT NULL DEFAULT 1
);
