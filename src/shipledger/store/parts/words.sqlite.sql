-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || group_concat(w.document, ',' || char(10)) || ']'

-- name: gather
-- Several rows as one array.
json_group_array

-- name: array
-- Several values as one array.
json_array

-- name: each(array, alias)
-- The elements of an array as rows with one column, "value".
json_each({array}) AS {alias}

-- name: each_text(array, alias)
-- The same for an array of texts.
json_each({array}) AS {alias}

-- name: texts(array)
-- What one of the texts of an array equals.
(SELECT value FROM json_each({array}))

-- name: by(index)
-- The index to seek by, where the planner would take another.
INDEXED BY {index}

-- name: clock_us
-- The time by the clock of the database, which is that of all nodes of a ledger.
CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)
