-- name: documents
-- The documents of several rows as one array, whose elements stand apart by a line feed.
'[' || string_agg(w.document, E',\n') || ']'

-- name: places
-- Several starts with their ids as one array of pairs.
json_agg(json_build_array(w.started_us, w.deployment_id))
