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
