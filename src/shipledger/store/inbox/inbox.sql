-- name: list_unmapped_names(organization_id)
-- Each name of an environment whose deployments have no known tier: how many, and the one that started last.
SELECT w.environment_key, d.environment_name, w.deployments, w.last_started_us, d.deployment_id
FROM (
    SELECT environment_key, count(*) AS deployments, max(started_us) AS last_started_us
    FROM deployment
    WHERE organization_id = :organization_id AND tier = 'unmapped' AND environment_key IS NOT NULL
    GROUP BY environment_key
) AS w
JOIN deployment AS d ON d.organization_id = :organization_id
    AND d.deployment_id = (
        SELECT n.deployment_id
        FROM deployment AS n
        WHERE n.organization_id = :organization_id
            AND n.environment_key = w.environment_key
            AND n.tier = 'unmapped'
        ORDER BY n.started_us DESC, n.deployment_id DESC
        LIMIT 1
    )
ORDER BY w.environment_key;

-- name: list_unmapped_name_keys(organization_id)
-- The same names alone, as they compare: one index seek for each, however many deployments there are.
WITH RECURSIVE used (environment_key) AS (
    SELECT (
        SELECT f.environment_key
        FROM deployment AS f
        WHERE f.organization_id = :organization_id AND f.tier = 'unmapped' AND f.environment_key >= ''
        ORDER BY f.environment_key
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.environment_key
        FROM deployment AS n
        WHERE n.organization_id = :organization_id AND n.tier = 'unmapped' AND n.environment_key > u.environment_key
        ORDER BY n.environment_key
        LIMIT 1
    )
    FROM used AS u
    WHERE u.environment_key IS NOT NULL
)
SELECT environment_key FROM used WHERE environment_key IS NOT NULL;

-- name: list_unmapped_repository_keys(organization_id)
-- The repositories that deployments name and no service has, by the keys of their present names: one index seek for each.
WITH RECURSIVE used (repository_key) AS (
    SELECT (
        SELECT f.repository_key
        FROM deployment_release AS f
        WHERE f.organization_id = :organization_id AND f.is_repeat = 0 AND f.repository_key >= ''
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
SELECT DISTINCT coalesce(
    (
        SELECT min(l.present_key)
        FROM repository_link AS l
        WHERE l.organization_id = :organization_id AND l.name_key = u.repository_key AND l.is_guess = 0
    ),
    u.repository_key
)
FROM used AS u
WHERE u.repository_key IS NOT NULL
    AND NOT EXISTS (
        SELECT 1
        FROM service_repository AS s
        WHERE s.organization_id = :organization_id AND s.repository_key = u.repository_key
    )
    AND NOT EXISTS (
        SELECT 1
        FROM repository_link AS a
        CROSS JOIN service_repository AS r
        WHERE a.organization_id = :organization_id
            AND a.name_key = u.repository_key
            AND r.organization_id = :organization_id
            AND r.repository_key = a.other_key
            AND /* counts_by_other_name */
    );
