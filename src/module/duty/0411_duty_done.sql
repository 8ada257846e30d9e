-- duty_month also counts what is closed, under 'done': how far a province has come is one row.
INSERT INTO duty_month (body_id, month, open_count) SELECT body_id, 'done', count(*) FROM duty_scope WHERE open = 0 GROUP BY body_id;
