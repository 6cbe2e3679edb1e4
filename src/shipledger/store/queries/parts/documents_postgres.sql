-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || string_agg(w.document, E',\n') || ']'
