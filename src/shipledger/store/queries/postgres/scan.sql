-- name: scan_deployments(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Deployments by their start, newest first, after a place.
SELECT '[' || string_agg(w.document, E',\n') || ']'
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
SELECT '[' || string_agg(w.document, E',\n') || ']'
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

-- name: walk_service(organization_id, key, from_us, until_us, after_us, after_id, limit)$
-- What a service deployed by its start, newest first, after a place, as pairs (start, id).
SELECT json_agg(json_build_array(w.started_us, w.deployment_id))
FROM (
    SELECT a.started_us, a.deployment_id
    FROM deployment_alias AS a
    WHERE a.organization_id = :organization_id
        AND a.scope = 'service'
        AND a.key = :key
        AND a.started_us >= :from_us
        AND a.started_us <= :until_us
        AND (a.started_us, a.deployment_id) < (:after_us, :after_id)
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: walk_service_ascending(organization_id, key, from_us, until_us, after_us, after_id, limit)$
-- The same, oldest first.
SELECT json_agg(json_build_array(w.started_us, w.deployment_id))
FROM (
    SELECT a.started_us, a.deployment_id
    FROM deployment_alias AS a
    WHERE a.organization_id = :organization_id
        AND a.scope = 'service'
        AND a.key = :key
        AND a.started_us >= :from_us
        AND a.started_us <= :until_us
        AND (a.started_us, a.deployment_id) > (:after_us, :after_id)
    ORDER BY a.started_us, a.deployment_id
    LIMIT :limit
) AS w;
