-- name: scan_deployments(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Deployments by their start, newest first, after a place.
SELECT '[' || group_concat(w.document) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) < (:after_us, :after_id)
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: scan_deployments_ascending(organization_id, from_us, until_us, after_us, after_id, limit)$
-- The same, oldest first.
SELECT '[' || group_concat(w.document) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) > (:after_us, :after_id)
    ORDER BY d.started_us, d.deployment_id
    LIMIT :limit
) AS w;

-- name: scan_deployments_of_services(organization_id, keys, from_us, until_us, after_us, after_id, limit)$
-- Deployments of some services by their start, newest first, after a place.
SELECT '[' || group_concat(w.document) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) < (:after_us, :after_id)
        AND d.deployment_id IN (
            SELECT a.deployment_id
            FROM deployment_alias AS a
            WHERE a.organization_id = :organization_id
                AND a.scope = 'service'
                AND a.key IN (SELECT value FROM json_each(:keys))
        )
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: scan_deployments_of_services_ascending(organization_id, keys, from_us, until_us, after_us, after_id, limit)$
-- The same, oldest first.
SELECT '[' || group_concat(w.document) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) > (:after_us, :after_id)
        AND d.deployment_id IN (
            SELECT a.deployment_id
            FROM deployment_alias AS a
            WHERE a.organization_id = :organization_id
                AND a.scope = 'service'
                AND a.key IN (SELECT value FROM json_each(:keys))
        )
    ORDER BY d.started_us, d.deployment_id
    LIMIT :limit
) AS w;
