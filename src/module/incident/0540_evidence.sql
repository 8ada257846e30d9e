-- A file of evidence that comes in pieces (core/upload.h keeps the bytes). state: open, done, dropped, expired.
CREATE TABLE incident_upload (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  account_id @id,
  state @text NOT NULL,
  file_name @text NOT NULL,
  size_bytes @int NOT NULL,
  title @text NOT NULL,
  taken_ms @ms NOT NULL,
  taken_by @text NOT NULL,
  taken_where @text NOT NULL,
  taken_how @text NOT NULL,
  seal @text NOT NULL,
  evidence_id @id REFERENCES incident_evidence(id),
  created_ms @ms NOT NULL,
  ended_ms @ms
);
CREATE INDEX incident_upload_open ON incident_upload(incident_id, created_ms) WHERE state = 'open';

-- The last check of a piece of evidence found other bytes than those that came in: it stays so until one finds them right.
ALTER TABLE incident_evidence ADD COLUMN broken_ms @ms;
CREATE INDEX incident_evidence_broken ON incident_evidence(incident_id) WHERE broken_ms IS NOT NULL;
