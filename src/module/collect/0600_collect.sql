-- Sources of logs. `number` is that of the records in the log store (home/log); a source is never deleted, since its records stay.
CREATE TABLE log_source (
  id @id PRIMARY KEY,
  number @int NOT NULL UNIQUE,
  code @text NOT NULL UNIQUE,
  body_id @id NOT NULL REFERENCES body(id),
  system_id @id REFERENCES system(id),
  name @text NOT NULL,
  sort_key @text NOT NULL,
  kind @text NOT NULL,
  way @text NOT NULL,
  address @text,
  host @text,
  path @text,
  format @text NOT NULL,
  offset_minutes @int NOT NULL,
  silent_minutes @int NOT NULL,
  keep_months @int NOT NULL,
  stopped_ms @ms,
  version @int NOT NULL DEFAULT 1,
  created_ms @ms NOT NULL
);
CREATE INDEX log_source_body ON log_source(body_id, sort_key);
CREATE INDEX log_source_system ON log_source(system_id);

-- What the collector knows of a source; written by it alone, every few seconds while something comes.
CREATE TABLE log_source_state (
  source_id @id PRIMARY KEY REFERENCES log_source(id),
  received @int NOT NULL,
  stored @int NOT NULL,
  dropped @int NOT NULL,
  bytes @int NOT NULL,
  a_minute @int NOT NULL,
  first_ms @ms,
  last_ms @ms,
  skew_ms @int,
  lag_ms @int NOT NULL,
  silent_ms @ms,
  last_line @text,
  trouble @text
);

-- Senders that no source names.
CREATE TABLE log_stranger (
  address @text NOT NULL,
  host @text NOT NULL,
  sample @text NOT NULL,
  count @int NOT NULL,
  first_ms @ms NOT NULL,
  last_ms @ms NOT NULL,
  PRIMARY KEY (address, host)
);

-- One row: the collector itself.
CREATE TABLE log_collector (
  id @int PRIMARY KEY,
  seen_ms @ms NOT NULL,
  state @json NOT NULL
);

-- Closed segments; sha256 is also in the audit log.
CREATE TABLE log_segment (
  name @text PRIMARY KEY,
  sha256 @text NOT NULL,
  records @int NOT NULL,
  raw_bytes @int NOT NULL,
  stored_bytes @int NOT NULL,
  first_ms @ms NOT NULL,
  last_ms @ms NOT NULL,
  sealed_ms @ms NOT NULL,
  expired_ms @ms
);
CREATE INDEX log_segment_last ON log_segment(last_ms);
CREATE TABLE log_segment_source (
  segment @text NOT NULL REFERENCES log_segment(name),
  number @int NOT NULL,
  PRIMARY KEY (segment, number)
);
