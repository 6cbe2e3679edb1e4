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

-- name: save_{kind}s(rows)
-- Add records or replace older versions of them: organization, id, version, its columns, document. Gives a row for each that was.
INSERT INTO {table} (organization_id, {id}, version, {columns}document)
SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), {values}
FROM /* each(:rows, w) */
WHERE true
ON CONFLICT (organization_id, {id}) DO UPDATE
SET version = excluded.version, {changes}document = excluded.document
WHERE {table}.version <= excluded.version
RETURNING 1;

-- name: delete_{kind}s(keys)!
-- Forget records with their names: organization, id.
DELETE FROM {table}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: delete_{kind}_aliases(keys)!
-- Forget the names of records: organization, id.
DELETE FROM {names}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_{kind}_aliases(rows)!
-- Keep the names of records: organization, scope, key, id.
INSERT INTO {names} (organization_id, scope, key, {id})
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM /* each(:rows, w) */;

-- name: list_{kind}s_to_erase(organization_id, credential_id, property_name, property_value, after_id, after_version, limit)
-- The next entries, with true for those that are wanted and not erased. Only deployments have properties.
SELECT
    e.{id},
    e.version,
    e.submission NOT LIKE '{"type":"erase%'
        AND (:credential_id = '' OR r.credential_id = :credential_id)
        AND :property_name = '' AND :property_value = ''
FROM {entries} AS e
JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
WHERE e.organization_id = :organization_id AND (e.{id}, e.version) > (:after_id, :after_version)
ORDER BY e.{id}, e.version
LIMIT :limit;
