-- name: list_deployments_to_erase(organization_id, credential_id, property_name, property_value, after_id, after_version, limit)
-- The next entries of deployments, with 1 for those that are wanted and not erased.
SELECT
    e.deployment_id,
    e.version,
    e.submission ->> 'type' NOT IN ('erased', 'erase')
        AND (:credential_id = '' OR r.credential_id = :credential_id)
        AND (
            :property_name = ''
            OR EXISTS (
                SELECT 1
                FROM json_each(e.submission, '$.facts.properties') AS p
                WHERE p.key = :property_name AND p.value = :property_value
            )
        )
FROM entry AS e
JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
WHERE e.organization_id = :organization_id AND (e.deployment_id, e.version) > (:after_id, :after_version)
ORDER BY e.deployment_id, e.version
LIMIT :limit;

-- name: overwrite_deleted()!
-- Overwrite what is deleted or changed from now on.
PRAGMA secure_delete = ON;

-- name: empty_log()^
-- Move all of the log into the file and cut the log to nothing, unless somebody reads in it.
PRAGMA wal_checkpoint(TRUNCATE);
