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
