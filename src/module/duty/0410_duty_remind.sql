-- One row for each address and day that a reminder went out: never twice.
CREATE TABLE duty_reminder (
  email @text NOT NULL,
  day @text NOT NULL,
  at_ms @ms NOT NULL,
  duties @int NOT NULL,
  PRIMARY KEY (email, day)
);
-- The body that was told when a duty stayed late too long.
ALTER TABLE duty ADD COLUMN escalated_to @id;
CREATE INDEX duty_escalated ON duty(escalated_to, due_day) WHERE escalated_to IS NOT NULL AND state IN ('todo', 'doing', 'approval');
