-- name: append_{kind}_entries(rows)!
-- Append to the ledger: organization, id, version, receipt, item, accepted, recorded, submission, actor, number.
INSERT INTO {entries}
    (organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor, number,
     position)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    value ->> 9,
    (SELECT coalesce(max(e.position), 0) FROM {entries} AS e WHERE e.organization_id = value ->> 0) + key + 1
FROM json_each(:rows);

-- name: load_{kind}s(lookups)$
-- The records of lookups (organization, scope, key), each with the place of its lookup.
SELECT '[' || group_concat('[' || w.key || ',' || i.document || ']', ',' || char(10)) || ']'
FROM json_each(:lookups) AS w
CROSS JOIN {names} AS a
CROSS JOIN {table} AS i
WHERE a.organization_id = w.value ->> 0
    AND a.scope = w.value ->> 1
    AND a.key = w.value ->> 2
    AND i.organization_id = a.organization_id
    AND i.{id} = a.{id};

-- name: save_{kind}s(rows)
-- Add records or replace older versions of them: organization, id, version, its columns, document. Gives a row for each that was.
INSERT INTO {table} (organization_id, {id}, version, {columns}document)
SELECT value ->> 0, value ->> 1, value ->> 2, {values}
FROM json_each(:rows)
WHERE true
ON CONFLICT (organization_id, {id}) DO UPDATE
SET version = excluded.version, {changes}document = excluded.document
WHERE {table}.version <= excluded.version
RETURNING 1;

-- name: delete_{kind}s(keys)!
-- Forget records with their names: organization, id.
DELETE FROM {table}
WHERE (organization_id, {id}) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys));

-- name: delete_{kind}_aliases(keys)!
-- Forget the names of records: organization, id.
DELETE FROM {names}
WHERE (organization_id, {id}) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys));

-- name: save_{kind}_aliases(rows)!
-- Keep the names of records: organization, scope, key, id.
INSERT INTO {names} (organization_id, scope, key, {id})
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM json_each(:rows);

-- name: list_{kind}s_to_erase(organization_id, credential_id, property_name, property_value, after_id, after_version, limit)
-- The next entries, with 1 for those that are wanted and not erased. Only deployments have properties.
SELECT
    e.{id},
    e.version,
    e.submission ->> 'type' NOT IN ('erased', 'erase')
        AND (:credential_id = '' OR r.credential_id = :credential_id)
        AND :property_name = '' AND :property_value = ''
FROM {entries} AS e
JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
WHERE e.organization_id = :organization_id AND (e.{id}, e.version) > (:after_id, :after_version)
ORDER BY e.{id}, e.version
LIMIT :limit;
