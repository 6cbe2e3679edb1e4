-- name: scan_incidents(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Incidents by their start, newest first, after a place.
SELECT /* documents */
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
SELECT v.receipt_id, v.item, r.protocol, r.operation, r.parameters, r.credential_id, coalesce(c.name, ''), r.accepted_us, v.settled_us,
       v.kind, v.deployment_id, v.reason, v.sentence, v.subject
FROM verdict AS v /* by(verdict_incident) */
JOIN receipt AS r ON r.organization_id = v.organization_id AND r.receipt_id = v.receipt_id
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE v.organization_id = :organization_id AND v.subject = :incident_id AND v.deployment_id IS NULL
    AND length(v.subject) <= 64
ORDER BY v.receipt_id, v.item;
