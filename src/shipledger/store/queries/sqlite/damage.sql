-- name: find_entries_without_deployment(limit)
-- Ledger entries of a deployment that no projection shows though it was not removed.
SELECT e.organization_id, e.deployment_id
FROM entry AS e
WHERE e.version = 1
    AND NOT EXISTS (
        SELECT 1 FROM deployment AS d WHERE d.organization_id = e.organization_id AND d.deployment_id = e.deployment_id
    )
    AND NOT EXISTS (
        SELECT 1
        FROM entry AS r
        WHERE r.organization_id = e.organization_id
            AND r.deployment_id = e.deployment_id
            AND r.submission ->> 'type' = 'remove'
    )
LIMIT :limit;
