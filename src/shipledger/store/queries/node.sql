-- name: forget_other_nodes(node_id)!
-- Strike every other node off.
DELETE FROM node
WHERE node_id <> :node_id;

-- name: forget_node(node_id)!
-- Strike a node off.
DELETE FROM node
WHERE node_id = :node_id;

-- name: free_leases(node_id)!
-- Free what a node does.
DELETE FROM lease
WHERE node_id = :node_id;

-- name: free_claims(node_id)!
-- Free the pending receipts of a node.
UPDATE receipt
SET claimed_by = NULL
WHERE state = 'pending' AND state <> 'settled' AND claimed_by = :node_id;

-- name: note_rebuild()!
-- Say that projections are not whole.
INSERT INTO lease (name, node_id, until_us)
VALUES ('rebuild', 'rebuild', 9223372036854775807)
ON CONFLICT (name) DO NOTHING;

-- name: forget_rebuild()!
-- Say that projections are whole.
DELETE FROM lease WHERE name = 'rebuild';

-- name: count_rebuilds()$
-- Whether a rebuild is under way or was interrupted.
SELECT count(*) FROM lease WHERE name = 'rebuild';
