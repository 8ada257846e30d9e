-- What a case counts as, worked out from its facts with the law: kind and cause are ids of the law, '' where nothing was
-- said yet; grade is thuong, cho-xac-nhan or nghiem-trong. NULL: not yet worked out (cases from before this table).
ALTER TABLE incident ADD COLUMN kind @id;
ALTER TABLE incident ADD COLUMN cause @id;
ALTER TABLE incident ADD COLUMN grade @text;
ALTER TABLE incident ADD COLUMN beyond @bool;
CREATE INDEX incident_unsorted ON incident(id) WHERE kind IS NULL;

-- How it was handled, as people say at the end: the columns of form 05. One organisation on each line.
CREATE TABLE incident_outcome (
  incident_id @id PRIMARY KEY REFERENCES incident(id),
  helpers @text NOT NULL,
  foreign_helpers @text NOT NULL,
  asked @bool NOT NULL,
  damage_dong @int,
  at_ms @ms NOT NULL,
  account_id @id
);

-- One row for the body and each above it, with all that statistics ask: sums are one range of one index. `day` is the day
-- of receipt in Viet Nam, `unit_id` the body next below on the way to the case's own. The spans count from the detection.
-- late_ms, once_late_ms: how much later than due the latest notice went, and the latest of those due at once.
CREATE TABLE incident_figure (
  body_id @id NOT NULL,
  day @text NOT NULL,
  incident_id @id NOT NULL,
  unit_id @id NOT NULL,
  state @text NOT NULL,
  counted @bool NOT NULL,
  kind @id NOT NULL,
  cause @id NOT NULL,
  grade @text NOT NULL,
  level @int NOT NULL,
  receive_ms @int,
  contain_ms @int,
  recover_ms @int,
  notices @int NOT NULL,
  unsent @int NOT NULL,
  due_ms @ms,
  late_ms @int,
  once_late_ms @int,
  helped @bool NOT NULL,
  helped_abroad @bool NOT NULL,
  asked @bool NOT NULL,
  damage_dong @int,
  beyond @bool NOT NULL,
  told @bool NOT NULL,
  PRIMARY KEY (body_id, day, incident_id)
);
CREATE INDEX incident_figure_incident ON incident_figure(incident_id);
-- Each holds all that a sum over one body asks, in the order that it groups by.
CREATE INDEX incident_figure_kind ON incident_figure(body_id, cause, kind, day, counted, state, helped, helped_abroad, asked, told,
  damage_dong);
CREATE INDEX incident_figure_unit ON incident_figure(body_id, unit_id, day, counted, state, unsent, due_ms, late_ms, once_late_ms,
  notices, level, grade, receive_ms, contain_ms, recover_ms);

CREATE INDEX incident_figure_helped ON incident_figure(body_id, day) WHERE helped + helped_abroad > 0;
CREATE INDEX incident_paper_submitted ON incident_paper(changed_ms) WHERE state = 'submitted';

-- Filters of the list that a person keeps under a name. `query` is what stands behind the question mark.
CREATE TABLE incident_filter (
  id @id PRIMARY KEY,
  account_id @id NOT NULL REFERENCES account(id),
  name @text NOT NULL,
  query @text NOT NULL,
  created_ms @ms NOT NULL,
  UNIQUE (account_id, name)
);
