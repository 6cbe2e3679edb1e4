-- name: list_deployments_by_alias(organization_id, scope, key, limit)$
-- The deployments that have a name which several may have, newest first.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND a.started_us IS NOT NULL
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_by_alias_before(organization_id, scope, key, tier, environment_id, environment_name, before_us, before_id, limit)$
-- A page of the deployments that have such a name, newest first.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND a.started_us IS NOT NULL
        AND a.started_us <= :before_us
        AND (a.started_us < :before_us OR a.deployment_id < :before_id)
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:environment_name = '' OR lower(d.environment_name) = :environment_name)
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_issue_lines(organization_id, names, heads)
-- For issues by their names (issue, name), each line: its newest deployments, and how many it has of which kind.
SELECT
    w.organization_id, w.wanted, w.tier, w.line, w.place, w.deployment_id, w.happened_us, w.deployments, w.successes, w.unended
FROM (
    SELECT
        s.organization_id, s.wanted, s.tier, s.line, s.deployment_id, s.happened_us,
        row_number() OVER (
            PARTITION BY s.wanted, s.tier, s.line ORDER BY s.sequence DESC, s.placed_us DESC, s.deployment_id DESC
        ) AS place,
        count(*) OVER whole AS deployments,
        sum(CASE WHEN s.state = 'successful' THEN 1 ELSE 0 END) OVER whole AS successes,
        sum(CASE WHEN s.state IN ('pending', 'in_progress', 'unknown') THEN 1 ELSE 0 END) OVER whole AS unended
    FROM (
        SELECT DISTINCT
            i.organization_id, n.value ->> 0 AS wanted, i.tier, i.line, i.deployment_id, i.state, i.sequence, i.placed_us,
            i.happened_us
        FROM json_each(:names) AS n
        CROSS JOIN issue_standing AS i
        WHERE i.organization_id = :organization_id AND i.issue_key = n.value ->> 1
    ) AS s
    WINDOW whole AS (PARTITION BY s.wanted, s.tier, s.line)
) AS w
WHERE w.place <= :heads
ORDER BY w.wanted, w.tier, w.line, w.place;
