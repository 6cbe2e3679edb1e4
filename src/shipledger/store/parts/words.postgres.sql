-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || string_agg(w.document, E',\n') || ']'

-- name: gather
-- Several rows as one array.
json_agg

-- name: array
-- Several values as one array.
json_build_array

-- name: each(array, alias)
-- The elements of an array as rows with one column, "value".
jsonb_array_elements(CAST({array} AS jsonb)) AS {alias} (value)

-- name: each_text(array, alias)
-- The same for an array of texts.
jsonb_array_elements_text(CAST({array} AS jsonb)) AS {alias} (value)

-- name: texts(array)
-- What one of the texts of an array equals.
(SELECT jsonb_array_elements_text(CAST({array} AS jsonb)))

-- name: by(index)
-- The planner of PostgreSQL takes no advice.

-- name: clock_us
-- The time by the clock of the database, which is that of all nodes of a ledger.
CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)
