-- name: list_tables()
-- The tables of the ledger.
SELECT name
FROM sqlite_schema
WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY name;

-- name: read_data_version()$
-- A number that is another one after somebody else has written to the file.
PRAGMA data_version;

-- name: list_columns(table)
-- The columns of a table in order, each with its place in the primary key, from 1, or 0.
SELECT name, pk
FROM pragma_table_info(:table)
ORDER BY cid;

-- name: list_parents(table)
-- The tables that a table refers to.
SELECT DISTINCT "table"
FROM pragma_foreign_key_list(:table);
