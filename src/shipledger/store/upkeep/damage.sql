-- name: find_settled_without_verdict(limit)
-- Settled receipts that nobody judged.
SELECT r.organization_id, r.receipt_id
FROM receipt AS r
WHERE r.state = 'settled'
    AND NOT EXISTS (
        SELECT 1 FROM verdict AS v WHERE v.organization_id = r.organization_id AND v.receipt_id = r.receipt_id
    )
ORDER BY r.organization_id, r.receipt_id
LIMIT :limit;

-- name: find_verdicts_without_deployment(limit)
-- Verdicts that name a deployment without entries.
SELECT v.organization_id, v.receipt_id
FROM verdict AS v
WHERE v.deployment_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM entry AS e WHERE e.organization_id = v.organization_id AND e.deployment_id = v.deployment_id
    )
ORDER BY v.organization_id, v.receipt_id, v.item
LIMIT :limit;

-- name: find_deployments_at_wrong_version(limit)
-- Projections that are older or newer than their last entry.
SELECT d.organization_id, d.deployment_id
FROM deployment AS d
WHERE d.version <> coalesce(
    (SELECT max(e.version) FROM entry AS e WHERE e.organization_id = d.organization_id AND e.deployment_id = d.deployment_id),
    0
)
ORDER BY d.organization_id, d.deployment_id
LIMIT :limit;

-- name: find_aliases_without_deployment(limit)
-- Names of deployments that are not there.
SELECT a.organization_id, a.deployment_id
FROM deployment_alias AS a
WHERE NOT EXISTS (
    SELECT 1 FROM deployment AS d WHERE d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
)
ORDER BY a.organization_id, a.deployment_id, a.scope, a.key
LIMIT :limit;

-- name: find_releases_without_deployment(limit)
-- Releases of deployments that are not there.
SELECT r.organization_id, r.deployment_id
FROM deployment_release AS r
WHERE NOT EXISTS (
    SELECT 1 FROM deployment AS d WHERE d.organization_id = r.organization_id AND d.deployment_id = r.deployment_id
)
ORDER BY r.organization_id, r.deployment_id, r.ordinal
LIMIT :limit;

-- name: find_entries_without_deployment(limit)
-- Ledger entries of a deployment that no projection shows though it was not removed. Submissions begin with their type.
SELECT DISTINCT e.organization_id, e.deployment_id
FROM entry AS e
WHERE e.submission LIKE '{"type":"record"%'
    AND NOT EXISTS (
        SELECT 1 FROM deployment AS d WHERE d.organization_id = e.organization_id AND d.deployment_id = e.deployment_id
    )
    AND NOT EXISTS (
        SELECT 1
        FROM entry AS r
        WHERE r.organization_id = e.organization_id
            AND r.deployment_id = e.deployment_id
            AND (
                r.submission LIKE '{"type":"remove"%' OR r.submission LIKE '{"type":"erased","removes":true%'
                OR r.submission LIKE '{"type":"correct"%"is_removed":true%'
            )
    )
ORDER BY e.organization_id, e.deployment_id
LIMIT :limit;
