-- name: list_entries(organization_id, deployment_id)
-- All entries of a deployment, in order.
SELECT organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM entry
WHERE organization_id = :organization_id AND deployment_id = :deployment_id
ORDER BY version;

-- name: list_entries_after(organization_id, deployment_id, version, limit)
-- The next entries of all deployments, in key order.
SELECT organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM entry
WHERE (organization_id, deployment_id, version) > (:organization_id, :deployment_id, :version)
ORDER BY organization_id, deployment_id, version
LIMIT :limit;

-- name: count_entries()$
-- How many entries there are.
SELECT count(*) FROM entry;
