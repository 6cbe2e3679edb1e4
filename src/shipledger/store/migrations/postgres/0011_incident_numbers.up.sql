-- The number of an incident, in the entry that recorded it: it is kept when the incident is removed, and given once.
-- No PostgreSQL database was made before this revision, so there is nothing to fill.
ALTER TABLE incident_entry ADD COLUMN number INTEGER CHECK (number >= 1);

CREATE UNIQUE INDEX incident_entry_number ON incident_entry (organization_id, number) WHERE number IS NOT NULL;

-- The subject of a verdict about an incident is the incident; others may be too long for an index.
CREATE INDEX verdict_incident ON verdict (organization_id, subject) WHERE deployment_id IS NULL AND length(subject) <= 64;
