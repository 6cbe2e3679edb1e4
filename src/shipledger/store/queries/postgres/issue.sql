-- name: list_deployments_by_alias(organization_id, scope, key, limit)$
-- The deployments that have an alias, newest first.
SELECT '[' || string_agg(w.document, E',\n') || ']'
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
    ORDER BY a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_by_alias_before(organization_id, scope, key, tier, environment_id, before_id, limit)$
-- A page of the deployments that have an alias, newest first.
SELECT '[' || string_agg(w.document, E',\n') || ']'
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND a.deployment_id < :before_id
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
    ORDER BY a.deployment_id DESC
    LIMIT :limit
) AS w;
