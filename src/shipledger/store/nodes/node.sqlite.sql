-- name: hold_node(node_id)$
-- When a node was seen last, if it was not struck off.
SELECT seen_us FROM node WHERE node_id = :node_id;

-- name: strike_nodes_off()!
-- Strike every node off: none of them was ever seen.
UPDATE node SET seen_us = -1;

-- name: hold_rebuild(rebuild_id)$
-- A rebuild, unless it has ended or another has taken over.
SELECT node_id FROM lease WHERE name = 'rebuild' AND node_id = :rebuild_id;

-- name: release_silent_claims(silent_us)!
-- Free the pending receipts of nodes that are not known to live.
UPDATE receipt
SET claimed_by = NULL
WHERE state = 'pending' AND state <> 'settled' AND /* of_a_silent_node */;

-- name: release_silent_messages(silent_us)!
-- Free the messages that nodes have claimed which are not known to live.
UPDATE outbox_message
SET claimed_by = NULL, claimed_until_us = NULL
WHERE /* of_a_silent_node */;
