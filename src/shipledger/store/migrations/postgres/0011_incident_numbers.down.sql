DROP INDEX verdict_incident;
DROP INDEX incident_entry_number;
DELETE FROM incident_alias WHERE scope IN ('', 'number');
ALTER TABLE incident_entry DROP COLUMN number;
