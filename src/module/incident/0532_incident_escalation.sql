-- Where a report went that nobody acknowledged: step 1 the body itself, each further one the level above. Only added to.
CREATE TABLE incident_escalation (
  incident_id @id NOT NULL REFERENCES incident(id),
  step @int NOT NULL,
  body_id @id NOT NULL REFERENCES body(id),
  at_ms @ms NOT NULL,
  told @text NOT NULL,
  PRIMARY KEY (incident_id, step)
);
CREATE INDEX incident_escalation_body ON incident_escalation(body_id, incident_id);
