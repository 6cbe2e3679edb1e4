-- name: clear_tables()!
-- Empty tables at once; the names in braces come from the catalog of the database.
TRUNCATE {tables};
