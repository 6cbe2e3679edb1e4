-- name: delete_{part}_rows(keys)!
-- Forget what records have in a further table: organization, id.
DELETE FROM {part}
WHERE (organization_id, {id}) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;

-- name: save_{part}_rows(rows)!
-- Keep what records have in a further table: organization, id, its columns.
INSERT INTO {part} (organization_id, {id}{listed})
SELECT value ->> 0, value ->> 1{values}
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: vacuum_{part}_rows()!
-- Free the room of old versions of rows.
VACUUM {part};
