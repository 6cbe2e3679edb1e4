ALTER TABLE incident_entry DROP COLUMN actor;
ALTER TABLE entry DROP COLUMN actor;
