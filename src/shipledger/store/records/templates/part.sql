-- name: read_{part}_rows()
-- Every row in order, for a digest.
SELECT organization_id, {id}{listed}
FROM {part}
ORDER BY organization_id, {id}{listed};
