-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || group_concat(w.document, ',' || char(10)) || ']'
