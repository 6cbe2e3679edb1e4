-- name: list_deployments_to_erase(organization_id, credential_id, property_name, property_value, after_id, after_version, limit)
-- The next entries of deployments, with true for those that are wanted and not erased.
-- PostgreSQL cannot give a NUL as text: it is read as the character that stands for it elsewhere.
SELECT
    e.deployment_id,
    e.version,
    e.submission NOT LIKE '{"type":"erase%'
        AND (:credential_id = '' OR r.credential_id = :credential_id)
        AND (
            :property_name = ''
            OR CAST(replace(e.submission, '\u0000', '\ufffd') AS jsonb)
                #>> ARRAY['facts', 'properties', CAST(:property_name AS text)] = :property_value
        )
FROM entry AS e
JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
WHERE e.organization_id = :organization_id AND (e.deployment_id, e.version) > (:after_id, :after_version)
ORDER BY e.deployment_id, e.version
LIMIT :limit;

-- name: vacuum_entries()!
-- Free the room of old versions of rows.
VACUUM entry;

-- name: vacuum_receipts()!
-- Free the room of old versions of rows.
VACUUM receipt;

-- name: vacuum_verdicts()!
-- Free the room of old versions of rows.
VACUUM verdict;

-- name: vacuum_deployments()!
-- Free the room of old versions of rows.
VACUUM deployment;

-- name: vacuum_deployment_aliases()!
-- Free the room of old versions of rows.
VACUUM deployment_alias;

-- name: vacuum_deployment_releases()!
-- Free the room of old versions of rows.
VACUUM deployment_release;

-- name: vacuum_issue_standings()!
-- Free the room of old versions of rows.
VACUUM issue_standing;

-- name: vacuum_lanes()!
-- Free the room of old versions of rows.
VACUUM lane;

-- name: vacuum_deployment_tokens()!
-- Free the room of old versions of rows.
VACUUM deployment_token;
