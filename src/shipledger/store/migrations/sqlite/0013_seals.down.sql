DROP TABLE entry_seal;
DROP INDEX incident_entry_position;
ALTER TABLE incident_entry DROP COLUMN position;
DROP INDEX entry_position;
ALTER TABLE entry DROP COLUMN position;
