-- name: hold_node(node_id)$
-- When a node was seen last, if it was not struck off, which waits until this transaction ends.
-- It does not keep the node from saying that it lives: a transaction may hang, and the node must not fall silent with it.
SELECT seen_us FROM node WHERE node_id = :node_id FOR KEY SHARE;

-- name: strike_nodes_off()!
-- Strike every node off, after what their transactions hold: none of them was ever seen.
WITH struck AS (SELECT node_id FROM node FOR UPDATE)
UPDATE node SET seen_us = -1
FROM struck
WHERE node.node_id = struck.node_id;

-- name: hold_rebuild(rebuild_id)$
-- A rebuild, unless it has ended or another has taken over, which waits until this transaction ends.
SELECT node_id FROM lease WHERE name = 'rebuild' AND node_id = :rebuild_id FOR SHARE;

-- name: list_silent_claims(silent_us)
-- The organizations of which nodes that are not known to live have claimed receipts or messages.
SELECT organization_id
FROM receipt
WHERE state = 'pending' AND state <> 'settled' AND /* of_a_silent_node */
UNION
SELECT organization_id
FROM outbox_message
WHERE /* of_a_silent_node */;

-- name: release_silent_claims_of(organization_id, silent_us)!
-- Free the pending receipts of an organization that nodes have claimed which are not known to live.
UPDATE receipt
SET claimed_by = NULL
WHERE organization_id = :organization_id AND state = 'pending' AND state <> 'settled' AND /* of_a_silent_node */;

-- name: release_silent_messages_of(organization_id, silent_us)!
-- Free the messages of an organization that nodes have claimed which are not known to live.
UPDATE outbox_message
SET claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id AND /* of_a_silent_node */;

-- name: announce(channel, payload)
-- Tell all nodes that listen.
SELECT pg_notify(:channel, :payload);

-- name: tell_time()$
-- What time it is, in microseconds.
SELECT /* clock_us */;
