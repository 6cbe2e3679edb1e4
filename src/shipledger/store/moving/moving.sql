-- name: read_whole_table()
-- Every row of a table in key order; the names in braces come from the catalog of the database.
SELECT {columns}
FROM {table}
ORDER BY {key};

-- name: read_table_after()
-- The rows of a table after a key; the names in braces come from the catalog of the database.
SELECT {columns}
FROM {table}
WHERE ({key}) > ({after})
ORDER BY {key};

-- name: find_last_key()
-- The last key of a table; the names in braces come from the catalog of the database.
SELECT {key}
FROM {table}
ORDER BY {key_backwards}
LIMIT 1;

-- name: count_table()
-- How many rows a table has; the name in braces comes from the catalog of the database.
SELECT count(*)
FROM {table};
