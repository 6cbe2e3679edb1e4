-- name: vacuum_{part}_rows()!
-- Free the room of old versions of rows.
VACUUM {part};
