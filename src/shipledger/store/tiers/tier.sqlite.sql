-- name: list_changed_tier_policies(known)
-- The policies that are newer than those of (organization, revision).
SELECT p.organization_id, p.revision, p.document
FROM json_each(:known) AS k
CROSS JOIN tier_policy AS p
WHERE p.organization_id = k.value ->> 0 AND p.revision <> k.value ->> 1;

-- name: list_deployments_of_tier_place(organization_id, environment_id, name, said, tier, limit)$
-- Some deployments of one environment that have the same tiers.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
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
FROM json_each(:rows) AS w
WHERE deployment.organization_id = w.value ->> 0 AND deployment.deployment_id = w.value ->> 1;
