-- name: count_entries()$
-- How many entries there are.
SELECT count(*) FROM entry;
