-- name: append_{kind}_entries(rows)!
-- Append to the ledger: organization, id, version, receipt, item, accepted, recorded, submission, actor, number.
INSERT INTO {entries}
    (organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor, number)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, CAST(value ->> 4 AS integer),
    CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint), value ->> 7, value ->> 8, CAST(value ->> 9 AS integer)
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: load_{kind}s(lookups)$
-- The records of lookups (organization, scope, key), each with the place of its lookup.
SELECT '[' || string_agg('[' || w.place - 1 || ',' || i.document || ']', E',\n') || ']'
FROM jsonb_array_elements(CAST(:lookups AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN {names} AS a ON a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 1 AND a.key = w.value ->> 2
    /* on Citus: a.organization_id of :lookups */
JOIN {table} AS i ON i.organization_id = a.organization_id AND i.{id} = a.{id}
    /* on Citus: i.organization_id of :lookups */;

-- name: save_{kind}s(rows)
-- Add records or replace older versions of them: organization, id, version, its columns, document. Gives a row for each that was.
INSERT INTO {table} (organization_id, {id}, version, {columns}document)
SELECT value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), {values}
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)
ON CONFLICT (organization_id, {id}) DO UPDATE
SET version = excluded.version, {changes}document = excluded.document
WHERE {table}.version <= excluded.version
RETURNING 1;

-- name: delete_{kind}s(keys)!
-- Forget records with their names: organization, id.
DELETE FROM {table}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;

-- name: delete_{kind}_aliases(keys)!
-- Forget the names of records: organization, id.
DELETE FROM {names}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;

-- name: save_{kind}_aliases(rows)!
-- Keep the names of records: organization, scope, key, id.
INSERT INTO {names} (organization_id, scope, key, {id})
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

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

-- name: vacuum_{kind}_entries()!
-- Free the room of old versions of rows.
VACUUM {entries};

-- name: vacuum_{kind}s()!
-- Free the room of old versions of rows.
VACUUM {table};

-- name: vacuum_{kind}_aliases()!
-- Free the room of old versions of rows.
VACUUM {names};
