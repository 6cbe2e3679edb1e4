-- name: note_node(node_id, rules)!
-- A node lives, now, unless it was struck off.
INSERT INTO node (node_id, rules, seen_us)
VALUES (:node_id, :rules, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER))
ON CONFLICT (node_id) DO UPDATE SET seen_us = excluded.seen_us
WHERE node.seen_us >= 0;

-- name: hold_node(node_id)$
-- When a node was seen last, if it was not struck off.
SELECT seen_us FROM node WHERE node_id = :node_id;

-- name: strike_nodes_off()!
-- Strike every node off: none of them was ever seen.
UPDATE node SET seen_us = -1;

-- name: hold_rebuild(rebuild_id)$
-- A rebuild, unless it has ended or another has taken over.
SELECT node_id FROM lease WHERE name = 'rebuild' AND node_id = :rebuild_id;

-- name: take_leases(names, node_id, lease_us, jump_us)
-- Take or keep the leases that nobody else holds. One that lasts much longer than a new one was taken while the clock was ahead.
INSERT INTO lease (name, node_id, until_us)
SELECT value, :node_id, CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER) + :lease_us
FROM json_each(:names)
WHERE true
ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id, until_us = excluded.until_us
WHERE lease.node_id = excluded.node_id OR lease.until_us <= excluded.until_us - :lease_us
    OR lease.until_us > excluded.until_us + :jump_us
RETURNING name;

-- name: release_silent_claims(silent_us)!
-- Free the pending receipts of nodes that are not known to live.
UPDATE receipt
SET claimed_by = NULL
WHERE state = 'pending' AND state <> 'settled' AND claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) < :silent_us
    );

-- name: release_silent_messages(silent_us)!
-- Free the messages that nodes have claimed which are not known to live.
UPDATE outbox_message
SET claimed_by = NULL, claimed_until_us = NULL
WHERE claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) < :silent_us
    );

-- name: count_living_nodes(silent_us)$
-- How many nodes have not been silent for so long.
SELECT count(*) FROM node WHERE abs(seen_us - CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) < :silent_us;

-- name: count_nodes_by_older_rules(silent_us, rules)$
-- How many of the nodes that live make projections by rules before these.
SELECT count(*)
FROM node
WHERE rules < :rules AND abs(seen_us - CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)) < :silent_us;
