-- The newest cases with a value, from the index alone.
CREATE INDEX incident_observable_met ON incident_observable(kind, value, incident_id);
DROP INDEX incident_observable_value;
