-- One e-mail to one address, about a notice or (notice_id null) to the reporter. state: waiting, sending (the server has agreed to take it), sent, failed,
-- unknown (the text went out, the answer was lost), stopped. A message of an unknown fate is never sent again by itself.
-- holder: the process that is sending (base/process.h).
CREATE TABLE incident_delivery (
  id @id PRIMARY KEY,
  incident_id @id NOT NULL REFERENCES incident(id),
  notice_id @id REFERENCES incident_notice(id),
  recipient @text NOT NULL,
  address @text NOT NULL,
  subject @text NOT NULL,
  text @text NOT NULL,
  files @json NOT NULL,
  message_id @text NOT NULL,
  state @text NOT NULL,
  attempts @int NOT NULL DEFAULT 0,
  next_ms @ms NOT NULL,
  begun_ms @ms,
  holder @text NOT NULL DEFAULT '',
  ended_ms @ms,
  answer @text NOT NULL DEFAULT '',
  account_id @id,
  created_ms @ms NOT NULL
);
CREATE INDEX incident_delivery_incident ON incident_delivery(incident_id, created_ms);
CREATE INDEX incident_delivery_waiting ON incident_delivery(next_ms) WHERE state = 'waiting';
CREATE INDEX incident_delivery_sending ON incident_delivery(begun_ms) WHERE state = 'sending';
CREATE INDEX incident_delivery_address ON incident_delivery(address, created_ms);
-- An address that was entered for a receiver is offered in the next case.
CREATE INDEX incident_party_known ON incident_party(name) WHERE contact <> '';
-- Whoever reports is looked for in the directory, by the same expressions as incident.known_reporter.
CREATE INDEX contact_known_email ON contact(lower(email));
CREATE INDEX contact_known_phone ON contact(replace(replace(replace(replace(phone, ' ', ''), '.', ''), '-', ''), '+84', '0'));
CREATE INDEX contact_known_after_hours
  ON contact(replace(replace(replace(replace(phone_after_hours, ' ', ''), '.', ''), '-', ''), '+84', '0'));
