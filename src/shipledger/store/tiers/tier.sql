-- name: find_tier_policy(organization_id)^
-- The policy of an organization.
SELECT revision, document FROM tier_policy WHERE organization_id = :organization_id;

-- name: list_tier_policies()
-- The policies of all organizations.
SELECT organization_id, revision, document FROM tier_policy ORDER BY organization_id;

-- name: count_deployments_of_tier_place(organization_id, environment_id, name, said, tier)$
-- How many deployments of one environment have the same tiers.
SELECT count(*)
FROM deployment
WHERE organization_id = :organization_id
    AND environment_id = :environment_id
    AND environment_name = :name
    AND tier = :tier
    AND said_tier = :said;

-- name: count_deployments_by_name(organization_id, environment_keys)
-- How many deployments there are to environments with some names.
SELECT environment_key, count(*)
FROM deployment
WHERE organization_id = :organization_id AND environment_key IN /* texts(:environment_keys) */
GROUP BY environment_key
ORDER BY environment_key;

-- name: list_tier_places(organization_id)
-- Every environment that deployments name, with its tiers: one index seek for each, however many deployments there are.
-- A comparison of whole row values would say it shorter, but SQLite then walks through all rows that are equal.
WITH RECURSIVE /* examples_of_tier_places */
SELECT d.environment_id, d.environment_name, d.said_tier, d.tier
FROM named AS k
CROSS JOIN deployment AS d
WHERE d.organization_id = :organization_id AND d.deployment_id = k.deployment_id
ORDER BY d.environment_id, d.environment_name, d.said_tier, d.tier;

-- name: list_unchanged_tier_places(organization_id, as_of_us)
-- The same of those deployments of which nothing was recorded after a moment.
WITH RECURSIVE /* examples_of_tier_places */
SELECT d.environment_id, d.environment_name, d.said_tier, d.tier
FROM named AS k
CROSS JOIN deployment AS d
WHERE d.organization_id = :organization_id
    AND d.deployment_id = k.deployment_id
    AND EXISTS (
        SELECT 1
        FROM deployment AS n
        WHERE n.organization_id = :organization_id
            AND n.environment_id = d.environment_id
            AND n.environment_name = d.environment_name
            AND n.tier = d.tier
            AND n.said_tier = d.said_tier
            AND NOT EXISTS (
                SELECT 1
                FROM entry AS e
                WHERE e.organization_id = :organization_id
                    AND e.deployment_id = n.deployment_id
                    AND e.recorded_us > :as_of_us
            )
    )
ORDER BY d.environment_id, d.environment_name, d.said_tier, d.tier;

-- name: list_changed_tier_policies(known)
-- The policies that are newer than those of (organization, revision).
SELECT p.organization_id, p.revision, p.document
FROM /* each(:known, k) */
CROSS JOIN tier_policy AS p
WHERE p.organization_id = k.value ->> 0 AND p.revision <> CAST(k.value ->> 1 AS integer)
    /* on Citus: p.organization_id of :known */;

-- name: list_deployments_of_tier_place(organization_id, environment_id, name, said, tier, limit)$
-- Some deployments of one environment that have the same tiers.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.environment_id = :environment_id
        AND d.environment_name = :name
        AND d.tier = :tier
        AND d.said_tier = :said
    LIMIT :limit
) AS w;

-- name: change_tiers(rows)!
-- Show deployments with another tier: organization, id, tier, document.
UPDATE deployment
SET tier = w.value ->> 2, document = w.value ->> 3
FROM /* each(:rows, w) */
WHERE deployment.organization_id = w.value ->> 0 AND deployment.deployment_id = w.value ->> 1
    /* on Citus: deployment.organization_id of :rows */;
