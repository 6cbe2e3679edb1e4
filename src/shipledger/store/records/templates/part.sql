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

-- name: delete_{part}_rows(keys)!
-- Forget what records have in a further table: organization, id.
DELETE FROM {part}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_{part}_rows(rows)!
-- Keep what records have in a further table: organization, id, its columns.
INSERT INTO {part} (organization_id, {id}{listed})
SELECT value ->> 0, value ->> 1{values}
FROM /* each(:rows, w) */;
