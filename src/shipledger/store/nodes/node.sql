-- name: forget_other_nodes(node_id)!
-- Strike every other node off.
DELETE FROM node
WHERE node_id <> :node_id;

-- name: free_other_leases(node_id)!
-- Free what every other node does; a rebuild is nobody's duty.
DELETE FROM lease
WHERE node_id <> :node_id AND name <> 'rebuild';

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

-- name: share_time(order_us, now_us, has_jumped, jump_us, gap_us)^
-- Keep how far the order is and what time it is; the furthest order of all nodes, and since when time has gone on evenly.
INSERT INTO timekeeping (id, order_us, seen_us, even_since_us)
VALUES (1, :order_us, :now_us, :now_us)
ON CONFLICT (id) DO UPDATE SET
    order_us = CASE WHEN excluded.order_us > timekeeping.order_us THEN excluded.order_us ELSE timekeeping.order_us END,
    even_since_us = CASE
        WHEN :has_jumped = 0 AND excluded.seen_us - timekeeping.seen_us BETWEEN -CAST(:jump_us AS BIGINT) AND :gap_us THEN timekeeping.even_since_us
        ELSE excluded.seen_us
    END,
    seen_us = excluded.seen_us
RETURNING order_us, even_since_us;

-- name: find_time()^
-- How far the order was, and what time it was, when a node was last heard of.
SELECT order_us, seen_us FROM timekeeping WHERE id = 1;

-- name: find_projection_rules()$
-- By which rules projections were made.
SELECT revision FROM projection_rules WHERE id = 1;

-- name: note_projection_rules(revision)!
-- Projections were made by these rules.
UPDATE projection_rules SET revision = :revision WHERE id = 1;

-- name: note_import()!
-- The ledger was brought to this database.
UPDATE projection_rules SET is_imported = 1 WHERE id = 1;

-- name: find_import()$
-- Whether the ledger was brought to this database, and nobody has been told.
SELECT is_imported FROM projection_rules WHERE id = 1;

-- name: forget_import()!
-- Those who derive something from entries are told of it.
UPDATE projection_rules SET is_imported = 0 WHERE id = 1 AND is_imported = 1;

-- name: note_node(node_id, rules)!
-- A node lives, now, unless it was struck off.
INSERT INTO node (node_id, rules, seen_us)
VALUES (:node_id, :rules, /* clock_us */)
ON CONFLICT (node_id) DO UPDATE SET seen_us = excluded.seen_us
WHERE node.seen_us >= 0;

-- name: take_leases(names, node_id, lease_us, jump_us)
-- Take or keep the leases that nobody else holds. One that lasts much longer than a new one was taken while the clock was ahead.
INSERT INTO lease (name, node_id, until_us)
SELECT w.value, :node_id, /* clock_us */ + CAST(:lease_us AS bigint)
FROM /* each_text(:names, w) */
WHERE true
ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id, until_us = excluded.until_us
WHERE lease.node_id = excluded.node_id
    OR lease.until_us <= excluded.until_us - CAST(:lease_us AS bigint)
    OR lease.until_us > excluded.until_us + CAST(:jump_us AS bigint)
RETURNING name;

-- name: count_living_nodes(silent_us)$
-- How many nodes have not been silent for so long.
SELECT count(*) FROM node WHERE abs(seen_us - /* clock_us */) < CAST(:silent_us AS bigint);

-- name: list_nodes(silent_us)
-- The nodes that were not struck off, and whether each was heard of lately.
SELECT node_id, seen_us, rules, abs(seen_us - /* clock_us */) < CAST(:silent_us AS bigint)
FROM node
WHERE seen_us >= 0
ORDER BY node_id;

-- name: list_duty_holders()
-- Which node does what; a rebuild is nobody's duty.
SELECT name, node_id FROM lease WHERE name <> 'rebuild' AND until_us > /* clock_us */ ORDER BY name;

-- name: count_nodes_by_older_rules(silent_us, rules)$
-- How many of the nodes that live make projections by rules before these.
SELECT count(*) FROM node WHERE rules < :rules AND abs(seen_us - /* clock_us */) < CAST(:silent_us AS bigint);
