-- name: find_deployment(organization_id, deployment_id)$
-- A deployment by its id.
SELECT document FROM deployment WHERE organization_id = :organization_id AND deployment_id = :deployment_id;

-- name: find_deployment_by_alias(organization_id, scope, key)$
-- The newest deployment that has an alias.
SELECT d.document
FROM deployment_alias AS a
JOIN deployment AS d ON d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
ORDER BY a.deployment_id DESC
LIMIT 1;

-- name: count_deployments(organization_id)$
-- How many deployments an organization has.
SELECT count(*) FROM deployment WHERE organization_id = :organization_id;

-- name: list_environments(organization_id)
-- Every environment that deployments name: one index seek for each, however many deployments there are.
-- A comparison of whole row values would say it shorter, but SQLite then walks through all rows that are equal.
WITH RECURSIVE named (deployment_id) AS (
    SELECT (
        SELECT d.deployment_id
        FROM deployment AS d
        WHERE d.organization_id = :organization_id AND d.environment_id >= ''
        ORDER BY d.environment_id, d.environment_name, d.tier
        LIMIT 1
    )
    UNION ALL
    SELECT coalesce(
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id
                AND n.environment_id = d.environment_id
                AND n.environment_name = d.environment_name
                AND n.tier > d.tier
            ORDER BY n.tier
            LIMIT 1
        ),
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id
                AND n.environment_id = d.environment_id
                AND n.environment_name > d.environment_name
            ORDER BY n.environment_name, n.tier
            LIMIT 1
        ),
        (
            SELECT n.deployment_id
            FROM deployment AS n
            WHERE n.organization_id = :organization_id AND n.environment_id > d.environment_id
            ORDER BY n.environment_id, n.environment_name, n.tier
            LIMIT 1
        )
    )
    FROM named AS k
    CROSS JOIN deployment AS d
    WHERE d.organization_id = :organization_id AND d.deployment_id = k.deployment_id
)
SELECT d.environment_id, d.environment_name, d.tier
FROM named AS k
CROSS JOIN deployment AS d
WHERE d.organization_id = :organization_id AND d.deployment_id = k.deployment_id
ORDER BY d.tier, d.environment_name, d.environment_id;

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
