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

-- name: vacuum_{kind}_entries()!
-- Free the room of old versions of rows.
VACUUM {entries};

-- name: vacuum_{kind}s()!
-- Free the room of old versions of rows.
VACUUM {table};

-- name: vacuum_{kind}_aliases()!
-- Free the room of old versions of rows.
VACUUM {names};
