-- The same counts by month ("2026-11"): what is open or late in a whole province is the sum of some tens of rows.
CREATE TABLE duty_month (
  body_id @id NOT NULL,
  month @text NOT NULL,
  open_count @int NOT NULL,
  PRIMARY KEY (body_id, month)
);
INSERT INTO duty_month (body_id, month, open_count)
  SELECT body_id, substr(due_key, 1, 7), sum(open_count) FROM duty_day GROUP BY body_id, substr(due_key, 1, 7);
