-- What the program last found out about itself: backup, audit check.
CREATE TABLE system_state (
  name @text PRIMARY KEY,
  at_ms @ms NOT NULL,
  good @int NOT NULL,
  text @text NOT NULL
);
CREATE INDEX job_name ON job(name, run_at_ms);
CREATE INDEX job_state ON job(state, id);
CREATE INDEX audit_account ON audit(chain, account_id, number);
