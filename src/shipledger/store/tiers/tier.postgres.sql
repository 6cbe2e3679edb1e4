-- name: list_changed_tier_policies(known)
-- The policies that are newer than those of (organization, revision).
SELECT p.organization_id, p.revision, p.document
FROM jsonb_array_elements(CAST(:known AS jsonb)) AS k (value)
JOIN tier_policy AS p ON p.organization_id = k.value ->> 0 AND p.revision <> CAST(k.value ->> 1 AS integer)
    /* on Citus: p.organization_id of :known */;

-- name: list_deployments_of_tier_place(organization_id, environment_id, name, said, tier, limit)$
-- Some deployments of one environment that have the same tiers.
SELECT '[' || string_agg(w.document, E',\n') || ']'
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
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)
WHERE deployment.organization_id = w.value ->> 0 AND deployment.deployment_id = w.value ->> 1
    /* on Citus: deployment.organization_id of :rows */;
