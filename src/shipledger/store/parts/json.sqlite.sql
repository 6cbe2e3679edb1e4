-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || group_concat(w.document, ',' || char(10)) || ']'

-- name: places
-- Several starts with their ids as one array of pairs.
json_group_array(json_array(w.started_us, w.deployment_id))
