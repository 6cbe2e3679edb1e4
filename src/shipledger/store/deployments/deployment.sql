-- name: list_ids_of_commits(organization_id, commits)
-- The deployments that brought one of some commits, by their whole ids in lower case.
SELECT DISTINCT r.deployment_id
FROM /* each(:commits, w) */
CROSS JOIN deployment_release AS r
WHERE r.organization_id = :organization_id AND lower(substr(r.commit_id, 1, 128)) = w.value ->> 0
ORDER BY r.deployment_id;

-- name: list_ids_of_commits_that_begin(organization_id, ranges)
-- The deployments that brought a commit whose id, in lower case, is in one of some ranges.
SELECT DISTINCT r.deployment_id
FROM /* each(:ranges, w) */
CROSS JOIN deployment_release AS r
WHERE r.organization_id = :organization_id
    AND lower(substr(r.commit_id, 1, 128)) >= w.value ->> 0
    AND lower(substr(r.commit_id, 1, 128)) < w.value ->> 1
ORDER BY r.deployment_id;

-- name: find_deployment(organization_id, deployment_id)$
-- A deployment by its id.
SELECT document FROM deployment WHERE organization_id = :organization_id AND deployment_id = :deployment_id;

-- name: find_deployment_by_alias(organization_id, scope, key)$
-- The newest deployment that has an alias: the one that started last, where several runs share it.
SELECT d.document
FROM deployment_alias AS a
JOIN deployment AS d ON d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
ORDER BY coalesce(a.started_us, 0) DESC, a.deployment_id DESC
LIMIT 1;

-- name: count_deployments(organization_id)$
-- How many deployments an organization has. Those that are merged into others are not counted.
SELECT count(*) FROM deployment WHERE organization_id = :organization_id AND merged_into IS NULL;

-- name: list_repositories_in_use(organization_id, limit)
-- The repositories that deployments name, each as its newest one does: an index seek for each of both.
WITH RECURSIVE used (repository_key) AS (
    SELECT (
        SELECT f.repository_key
        FROM deployment_release AS f
        WHERE f.organization_id = :organization_id AND f.is_repeat = 0 AND f.repository_key > ''
        ORDER BY f.repository_key
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.repository_key
        FROM deployment_release AS n
        WHERE n.organization_id = :organization_id AND n.is_repeat = 0 AND n.repository_key > u.repository_key
        ORDER BY n.repository_key
        LIMIT 1
    )
    FROM used AS u
    WHERE u.repository_key IS NOT NULL
)
SELECT (
    SELECT r.repository
    FROM deployment_release AS r
    WHERE r.organization_id = :organization_id AND r.repository_key = w.repository_key AND r.is_repeat = 0
    ORDER BY r.started_us DESC, r.deployment_id
    LIMIT 1
)
FROM used AS w
WHERE w.repository_key IS NOT NULL
LIMIT :limit;

-- name: list_deployed_repositories(organization_id)
-- Every repository that deployments name, how often, and when last.
SELECT
    used.repository_key,
    (
        SELECT n.repository
        FROM deployment_release AS n
        WHERE n.organization_id = :organization_id AND n.repository_key = used.repository_key AND n.is_repeat = 0
        ORDER BY n.started_us DESC, n.deployment_id
        LIMIT 1
    ),
    used.deployment_count,
    used.last_started_us
FROM (
    SELECT repository_key, count(*) AS deployment_count, max(started_us) AS last_started_us
    FROM deployment_release
    WHERE organization_id = :organization_id AND is_repeat = 0
    GROUP BY repository_key
) AS used
ORDER BY used.repository_key;

-- name: list_recorded_after(organization_id, after_us, after_id, limit)
-- Deployments of which something was recorded after a place, the earliest first: id, when.
SELECT w.deployment_id, w.recorded_us
FROM (
    SELECT f.deployment_id, f.recorded_us
    FROM (
        SELECT e.deployment_id, e.recorded_us
        FROM entry AS e
        WHERE e.organization_id = :organization_id AND e.version = 1 AND (e.recorded_us, e.deployment_id) > (:after_us, :after_id)
        ORDER BY e.recorded_us, e.deployment_id
        LIMIT :limit
    ) AS f
    UNION ALL
    SELECT l.deployment_id, l.recorded_us
    FROM (
        SELECT e.deployment_id, e.recorded_us
        FROM entry AS e
        WHERE e.organization_id = :organization_id AND e.version > 1 AND (e.recorded_us, e.deployment_id) > (:after_us, :after_id)
        ORDER BY e.recorded_us, e.deployment_id
        LIMIT :limit
    ) AS l
) AS w
ORDER BY w.recorded_us, w.deployment_id
LIMIT :limit;
