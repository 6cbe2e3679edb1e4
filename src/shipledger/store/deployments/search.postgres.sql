-- name: list_possibly_overwritten(organization_id, after_id, limit)
-- Deployments with a start after an end, by their times as text, which is good enough to look at few of them closely.
SELECT deployment_id, document
FROM deployment
WHERE organization_id = :organization_id AND deployment_id > :after_id
    AND substring(document FROM '"ends":\["([^"]+)"') < substring(document FROM '"last_start_at":"([^"]+)"')
ORDER BY deployment_id
LIMIT :limit;
