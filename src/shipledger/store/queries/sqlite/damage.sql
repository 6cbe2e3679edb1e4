-- name: find_entries_without_deployment(limit)
-- Ledger entries of a deployment that no projection shows though it was not removed.
SELECT DISTINCT e.organization_id, e.deployment_id
FROM entry AS e
WHERE e.submission ->> 'type' = 'record'
    AND NOT EXISTS (
        SELECT 1 FROM deployment AS d WHERE d.organization_id = e.organization_id AND d.deployment_id = e.deployment_id
    )
    AND NOT EXISTS (
        SELECT 1
        FROM entry AS r
        WHERE r.organization_id = e.organization_id
            AND r.deployment_id = e.deployment_id
            AND (r.submission ->> 'type' = 'remove' OR r.submission ->> 'removes')
    )
LIMIT :limit;
