-- name: load_incidents(lookups)$
-- The incidents of lookups (organization, scope, key), each with the place of its lookup.
SELECT '[' || group_concat('[' || w.key || ',' || i.document || ']', ',' || char(10)) || ']'
FROM json_each(:lookups) AS w
CROSS JOIN incident_alias AS a
CROSS JOIN incident AS i
WHERE a.organization_id = w.value ->> 0
    AND a.scope = w.value ->> 1
    AND a.key = w.value ->> 2
    AND i.organization_id = a.organization_id
    AND i.incident_id = a.incident_id;

-- name: append_incident_entries(rows)!
-- Append to the ledger: organization, incident, version, receipt, item, accepted, recorded, submission, number, actor.
INSERT INTO incident_entry
    (organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission, number,
     actor, position)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9,
    (SELECT coalesce(max(e.position), 0) FROM incident_entry AS e WHERE e.organization_id = value ->> 0) + key + 1
FROM json_each(:rows);

-- name: save_incidents(rows)
-- Add incidents or replace older versions of them: organization, id, version, start, end, document. Gives a row for each that was.
INSERT INTO incident (organization_id, incident_id, version, started_us, ended_us, document)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
FROM json_each(:rows)
WHERE true
ON CONFLICT (organization_id, incident_id) DO UPDATE
SET version = excluded.version, started_us = excluded.started_us, ended_us = excluded.ended_us, document = excluded.document
WHERE incident.version <= excluded.version
RETURNING 1;

-- name: delete_incidents(keys)!
-- Forget incidents with their names: organization, id.
DELETE FROM incident
WHERE (organization_id, incident_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys));

-- name: delete_incident_aliases(keys)!
-- Forget the names of incidents: organization, id.
DELETE FROM incident_alias
WHERE (organization_id, incident_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys));

-- name: save_incident_aliases(rows)!
-- Keep the names of incidents: organization, scope, key, incident.
INSERT INTO incident_alias (organization_id, scope, key, incident_id)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM json_each(:rows);

-- name: scan_incidents(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Incidents by their start, newest first, after a place.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT i.document
    FROM incident AS i
    WHERE i.organization_id = :organization_id
        AND i.started_us >= :from_us
        AND i.started_us <= :until_us
        AND (i.started_us, i.incident_id) < (:after_us, :after_id)
    ORDER BY i.started_us DESC, i.incident_id DESC
    LIMIT :limit
) AS w;

-- name: list_incident_verdicts(organization_id, incident_id)
-- The verdicts on all writes that concerned an incident, oldest first.
SELECT v.receipt_id, v.item, r.protocol, r.operation, coalesce(c.name, ''), r.accepted_us, v.settled_us,
       v.kind, v.deployment_id, v.reason, v.sentence, v.subject
FROM verdict AS v INDEXED BY verdict_incident
JOIN receipt AS r ON r.organization_id = v.organization_id AND r.receipt_id = v.receipt_id
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE v.organization_id = :organization_id AND v.subject = :incident_id AND v.deployment_id IS NULL
ORDER BY v.receipt_id, v.item;
