-- name: forget_other_nodes(node_id)!
-- Strike every other node off.
DELETE FROM node
WHERE node_id <> :node_id;

-- name: strike_nodes_off()!
-- Strike every node off: none of them was ever seen.
UPDATE node SET seen_us = -1;

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

-- name: note_rebuild(rebuild_id)!
-- Say that projections are not whole, and who makes them so: whoever says so last.
INSERT INTO lease (name, node_id, until_us)
VALUES ('rebuild', :rebuild_id, 9223372036854775807)
ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id;

-- name: forget_rebuild(rebuild_id)!
-- Say that projections are whole.
DELETE FROM lease WHERE name = 'rebuild' AND node_id = :rebuild_id;

-- name: count_rebuilds()$
-- Whether a rebuild is under way or was interrupted.
SELECT count(*) FROM lease WHERE name = 'rebuild';
