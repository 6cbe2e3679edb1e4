-- name: find_{kind}(organization_id, subject_id)$
-- A record by its id.
SELECT document FROM {table} WHERE organization_id = :organization_id AND {id} = :subject_id;

-- name: find_last_{kind}_number(organization_id)$
-- The greatest number that a record of an organization had, removed or not.
SELECT max(number)
FROM {entries}
WHERE organization_id = :organization_id AND number IS NOT NULL;

-- name: clear_{kind}s()!
-- Empty the tables that a rebuild fills: names go with their records.
DELETE FROM {table};

-- name: read_{kind}_rows()
-- Every row in key order, for a digest.
SELECT organization_id, {id}, version, {columns}document
FROM {table}
ORDER BY organization_id, {id};

-- name: read_{kind}_alias_rows()
-- Every row in key order, for a digest.
SELECT organization_id, scope, key, {id}
FROM {names}
ORDER BY organization_id, scope, key;

-- name: list_former_{kind}_owners()
-- The organizations that have rows which no entry made, since a version before entries wrote them.
SELECT DISTINCT organization_id FROM {table} WHERE version = 0;
