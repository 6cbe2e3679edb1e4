-- name: scan_deployments(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Deployments by their start, newest first, after a place.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) < (:after_us, :after_id)
        AND d.merged_into IS NULL
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: scan_deployments_ascending(organization_id, from_us, until_us, after_us, after_id, limit)$
-- The same, oldest first.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (d.started_us, d.deployment_id) > (:after_us, :after_id)
        AND d.merged_into IS NULL
    ORDER BY d.started_us, d.deployment_id
    LIMIT :limit
) AS w;

-- name: walk_service(organization_id, key, from_us, until_us, after_us, after_id, limit)$
-- What a service deployed by its start, newest first, after a place, as pairs (start, id).
SELECT /* gather */(/* array */(w.started_us, w.deployment_id))
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
SELECT /* gather */(/* array */(w.started_us, w.deployment_id))
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

-- name: walk_releases(organization_id, repository_key, started_from_us, ended_until_us, limit)$
-- The first deployments of a repository, as pairs (start, id): they end no earlier than they start.
SELECT /* gather */(/* array */(w.started_us, w.deployment_id))
FROM (
    SELECT started_us, deployment_id
    FROM deployment_release
    WHERE organization_id = :organization_id
        AND repository_key = :repository_key
        AND is_repeat = 0
        AND started_us >= :started_from_us
        AND started_us <= :ended_until_us
        AND coalesce(ended_us, 9223372036854775807) <= :ended_until_us
    ORDER BY started_us DESC, deployment_id
    LIMIT :limit
) AS w;

-- name: walk_releases_in_environment(organization_id, repository_key, environment_id, started_from_us, ended_until_us, limit)$
-- The same within one environment.
SELECT /* gather */(/* array */(w.started_us, w.deployment_id))
FROM (
    SELECT started_us, deployment_id
    FROM deployment_release
    WHERE organization_id = :organization_id
        AND repository_key = :repository_key
        AND is_repeat = 0
        AND environment_id = :environment_id
        AND started_us >= :started_from_us
        AND started_us <= :ended_until_us
        AND coalesce(ended_us, 9223372036854775807) <= :ended_until_us
    ORDER BY started_us DESC, deployment_id
    LIMIT :limit
) AS w;
