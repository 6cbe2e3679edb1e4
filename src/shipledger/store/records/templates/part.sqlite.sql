-- name: delete_{part}_rows(keys)!
-- Forget what records have in a further table: organization, id.
DELETE FROM {part}
WHERE (organization_id, {id}) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys));

-- name: save_{part}_rows(rows)!
-- Keep what records have in a further table: organization, id, its columns.
INSERT INTO {part} (organization_id, {id}{listed})
SELECT value ->> 0, value ->> 1{values}
FROM json_each(:rows);
