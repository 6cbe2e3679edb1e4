-- The number of an incident, in the entry that recorded it: it is kept when the incident is removed, and given once.
ALTER TABLE incident_entry ADD COLUMN number INTEGER CHECK (number >= 1);

UPDATE incident_entry
SET number = w.number, submission = json_set(incident_entry.submission, '$.number', w.number)
FROM (
    SELECT
        organization_id, incident_id,
        row_number() OVER (PARTITION BY organization_id ORDER BY accepted_us, receipt_id, item) AS number
    FROM incident_entry
    WHERE version = 1 AND submission ->> '$.type' = 'record-incident'
) AS w
WHERE incident_entry.organization_id = w.organization_id
    AND incident_entry.incident_id = w.incident_id
    AND incident_entry.version = 1;

CREATE UNIQUE INDEX incident_entry_number ON incident_entry (organization_id, number) WHERE number IS NOT NULL;

UPDATE incident
SET document = json_set(incident.document, '$.number', e.number)
FROM incident_entry AS e
WHERE e.organization_id = incident.organization_id AND e.incident_id = incident.incident_id AND e.number IS NOT NULL;

-- An incident is named by its id and by its number, too.
INSERT INTO incident_alias (organization_id, scope, key, incident_id)
SELECT organization_id, '', incident_id, incident_id FROM incident;

INSERT INTO incident_alias (organization_id, scope, key, incident_id)
SELECT organization_id, 'number', document ->> '$.number', incident_id FROM incident WHERE document ->> '$.number' IS NOT NULL;

-- The subject of a verdict about an incident is the incident.
CREATE INDEX verdict_incident ON verdict (organization_id, subject) WHERE deployment_id IS NULL;
