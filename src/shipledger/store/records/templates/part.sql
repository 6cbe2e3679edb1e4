-- name: read_{part}_rows()
-- Every row in order, for a digest.
SELECT organization_id, {id}{listed}
FROM {part}
ORDER BY organization_id, {id}{listed};

-- name: check_{part}_rows()
-- Every record with its rows here, as one array.
SELECT r.organization_id, r.{id}, r.document, (
        SELECT /* gather */(/* array */({columns}))
        FROM {part} AS p
        WHERE p.organization_id = r.organization_id AND p.{id} = r.{id}
    )
FROM {table} AS r;
