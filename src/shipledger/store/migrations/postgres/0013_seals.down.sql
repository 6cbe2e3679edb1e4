DROP TABLE entry_seal;
ALTER TABLE incident_entry DROP COLUMN position;
ALTER TABLE entry DROP COLUMN position;
DROP SEQUENCE entry_position;
