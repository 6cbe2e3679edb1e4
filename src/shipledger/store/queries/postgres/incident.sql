-- name: load_incidents(lookups)$
-- The incidents of lookups (organization, scope, key), each with the place of its lookup.
SELECT '[' || string_agg('[' || w.place - 1 || ',' || i.document || ']', E',\n') || ']'
FROM jsonb_array_elements(CAST(:lookups AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN incident_alias AS a ON a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 1 AND a.key = w.value ->> 2
    /* on Citus: a.organization_id of :lookups */
JOIN incident AS i ON i.organization_id = a.organization_id AND i.incident_id = a.incident_id
    /* on Citus: i.organization_id of :lookups */;

-- name: append_incident_entries(rows)!
-- Append to the ledger: organization, incident, version, receipt, item, accepted, recorded, submission, number, actor.
INSERT INTO incident_entry
    (organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission, number, actor)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, CAST(value ->> 4 AS integer),
    CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint), value ->> 7, CAST(value ->> 8 AS integer), value ->> 9
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: save_incidents(rows)
-- Add incidents or replace older versions of them: organization, id, version, start, end, document. Gives a row for each that was.
INSERT INTO incident (organization_id, incident_id, version, started_us, ended_us, document)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), CAST(value ->> 3 AS bigint), CAST(value ->> 4 AS bigint),
    value ->> 5
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)
ON CONFLICT (organization_id, incident_id) DO UPDATE
SET version = excluded.version, started_us = excluded.started_us, ended_us = excluded.ended_us, document = excluded.document
WHERE incident.version <= excluded.version
RETURNING 1;

-- name: delete_incidents(keys)!
-- Forget incidents with their names: organization, id.
DELETE FROM incident
WHERE (organization_id, incident_id) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;

-- name: delete_incident_aliases(keys)!
-- Forget the names of incidents: organization, id.
DELETE FROM incident_alias
WHERE (organization_id, incident_id) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;

-- name: save_incident_aliases(rows)!
-- Keep the names of incidents: organization, scope, key, incident.
INSERT INTO incident_alias (organization_id, scope, key, incident_id)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: scan_incidents(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Incidents by their start, newest first, after a place.
SELECT '[' || string_agg(w.document, E',\n') || ']'
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
FROM verdict AS v
JOIN receipt AS r ON r.organization_id = v.organization_id AND r.receipt_id = v.receipt_id
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE v.organization_id = :organization_id AND v.subject = :incident_id AND v.deployment_id IS NULL
    AND length(v.subject) <= 64
ORDER BY v.receipt_id, v.item;
