-- The entry of the register that an affected system is; null for what is only named.
ALTER TABLE incident_system ADD COLUMN system_id @id REFERENCES system(id);
CREATE INDEX incident_system_register ON incident_system(system_id) WHERE system_id IS NOT NULL;
