-- name: note_node(node_id, rules)!
-- A node lives, now, unless it was struck off.
INSERT INTO node (node_id, rules, seen_us)
VALUES (:node_id, :rules, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint))
ON CONFLICT (node_id) DO UPDATE SET seen_us = excluded.seen_us
WHERE node.seen_us >= 0;

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

-- name: take_leases(names, node_id, lease_us, jump_us)
-- Take or keep the leases that nobody else holds. One that lasts much longer than a new one was taken while the clock was ahead.
INSERT INTO lease (name, node_id, until_us)
SELECT
    w.name, :node_id,
    CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) + CAST(:lease_us AS bigint)
FROM jsonb_array_elements_text(CAST(:names AS jsonb)) AS w (name)
ON CONFLICT (name) DO UPDATE SET node_id = excluded.node_id, until_us = excluded.until_us
WHERE lease.node_id = excluded.node_id
    OR lease.until_us <= excluded.until_us - CAST(:lease_us AS bigint)
    OR lease.until_us > excluded.until_us + CAST(:jump_us AS bigint)
RETURNING name;

-- name: list_silent_claims(silent_us)
-- The organizations of which nodes that are not known to live have claimed receipts or messages.
SELECT organization_id
FROM receipt
WHERE state = 'pending' AND state <> 'settled' AND claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint)
    )
UNION
SELECT organization_id
FROM outbox_message
WHERE claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint)
    );

-- name: release_silent_claims_of(organization_id, silent_us)!
-- Free the pending receipts of an organization that nodes have claimed which are not known to live.
UPDATE receipt
SET claimed_by = NULL
WHERE organization_id = :organization_id AND state = 'pending' AND state <> 'settled' AND claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint)
    );

-- name: release_silent_messages_of(organization_id, silent_us)!
-- Free the messages of an organization that nodes have claimed which are not known to live.
UPDATE outbox_message
SET claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id AND claimed_by IS NOT NULL
    AND claimed_by NOT IN (
        SELECT node_id
        FROM node
        WHERE abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint)
    );

-- name: count_living_nodes(silent_us)$
-- How many nodes have not been silent for so long.
SELECT count(*)
FROM node
WHERE abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint);

-- name: announce(channel, payload)
-- Tell all nodes that listen.
SELECT pg_notify(:channel, :payload);

-- name: tell_time()$
-- What time it is, in microseconds.
SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint);

-- name: count_nodes_by_older_rules(silent_us, rules)$
-- How many of the nodes that live make projections by rules before these.
SELECT count(*)
FROM node
WHERE rules < :rules AND abs(seen_us - CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)) < CAST(:silent_us AS bigint);
