-- name: list_deployments(organization_id, from_us, before_us, before_id, limit)$
-- A page of deployments, newest start first.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND (d.started_us, d.deployment_id) < (:before_us, :before_id)
        AND d.merged_into IS NULL
        /* filters */
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_named(organization_id, scope, key, from_us, before_us, before_id, limit)$
-- A page of deployments that share a name: that of a service, or of a person.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE d.organization_id = a.organization_id
        AND d.deployment_id = a.deployment_id
        AND a.organization_id = :organization_id
        AND a.scope = :scope
        AND a.key = :key
        AND a.started_us >= :from_us
        AND (a.started_us, a.deployment_id) < (:before_us, :before_id)
        /* filters */
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_of_repository(organization_id, repository_key, from_us, before_us, before_id, limit)$
-- A page of deployments of one repository.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment_release AS r
    CROSS JOIN deployment AS d
    WHERE d.organization_id = r.organization_id
        AND d.deployment_id = r.deployment_id
        AND r.organization_id = :organization_id
        AND r.repository_key = :repository_key
        AND r.is_repeat = 0
        AND r.started_us >= :from_us
        AND (r.started_us, r.deployment_id) < (:before_us, :before_id)
        /* filters */
    ORDER BY r.started_us DESC, r.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_of_commit(organization_id, commit_from, commit_until, from_us, before_us, before_id, limit)$
-- A page of deployments of a commit, by the beginning of its id: few have it, so they are sorted.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM (
        SELECT DISTINCT r.organization_id, r.deployment_id
        FROM deployment_release AS r
        WHERE r.organization_id = :organization_id
            AND lower(substr(r.commit_id, 1, 128)) >= :commit_from
            AND lower(substr(r.commit_id, 1, 128)) < :commit_until
    ) AS c
    CROSS JOIN deployment AS d
    WHERE d.organization_id = c.organization_id
        AND d.deployment_id = c.deployment_id
        AND d.started_us >= :from_us
        AND (d.started_us, d.deployment_id) < (:before_us, :before_id)
        /* filters */
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_service_keys(organization_id, service_ids)
-- What senders may call some services: their names, their slugs and their further names, as names compare.
SELECT s.name_key
FROM service AS s
WHERE s.organization_id = :organization_id AND s.service_id IN /* texts(:service_ids) */
UNION
SELECT s.slug
FROM service AS s
WHERE s.organization_id = :organization_id AND s.service_id IN /* texts(:service_ids) */
UNION
SELECT n.name_key
FROM service_name AS n
WHERE n.organization_id = :organization_id AND n.service_id IN /* texts(:service_ids) */;
