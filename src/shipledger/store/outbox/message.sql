-- name: append_message(organization_id, message_id, target_id, topic, subject_id, place, body, written_us)!
-- Write a message to a target, unless it was written.
INSERT INTO outbox_message
    (organization_id, message_id, target_id, topic, subject_id, place, body, state, written_us, since_us, due_us)
VALUES
    (:organization_id, :message_id, :target_id, :topic, :subject_id, :place, :body, 'pending', :written_us, :written_us, :written_us)
ON CONFLICT DO NOTHING;

-- name: list_due_messages(organization_id, target_id, now_us, latest_due_us, latest_claim_us, limit)
-- What a target is to be told now.
SELECT /* message(m) */
FROM outbox_message AS m
WHERE m.organization_id = :organization_id
    AND m.message_id IN (
        SELECT d.message_id
        FROM outbox_message AS d
        WHERE d.organization_id = :organization_id AND d.target_id = :target_id AND /* sendable(d) */
        ORDER BY d.due_us, d.message_id
        LIMIT :limit
    )
ORDER BY m.due_us, m.message_id;

-- name: count_claimed_messages(organization_id, target_id, now_us, latest_claim_us)$
-- How many messages of a target are being sent.
SELECT count(*)
FROM outbox_message
WHERE organization_id = :organization_id AND target_id = :target_id AND /* claimed(outbox_message) */;

-- name: claim_message(organization_id, message_id, node_id, until_us)!
-- Let a node send a message.
UPDATE outbox_message SET claimed_by = :node_id, claimed_until_us = :until_us
WHERE organization_id = :organization_id AND message_id = :message_id AND state = 'pending';

-- name: settle_message(organization_id, message_id, node_id, expected, state, tries, attempts, due_us, ended_us, reason)!
-- Keep what an attempt made of a message, unless the node has lost its claim.
UPDATE outbox_message
SET state = :state, tries = :tries, attempts = :attempts, due_us = :due_us, ended_us = :ended_us, reason = :reason,
    claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id AND message_id = :message_id AND state = 'pending' AND claimed_by = :node_id
    AND attempts = :expected;

-- name: append_attempt(organization_id, message_id, number, at_us, took_us, result, status, answer)!
-- Log an attempt.
INSERT INTO outbox_attempt (organization_id, message_id, number, at_us, took_us, result, status, answer)
VALUES (:organization_id, :message_id, :number, :at_us, :took_us, :result, :status, :answer)
ON CONFLICT DO NOTHING;

-- name: hasten_messages(organization_id, target_id, now_us)!
-- Let everything that a target is to be told be due now.
UPDATE outbox_message SET due_us = :now_us
WHERE organization_id = :organization_id
    AND message_id IN (
        SELECT p.message_id
        FROM outbox_message AS p
        WHERE p.organization_id = :organization_id AND p.target_id = :target_id AND p.state = 'pending' AND p.due_us > :now_us
    );

-- name: free_messages(node_id)!
-- Free the messages that a node has claimed.
UPDATE outbox_message SET claimed_by = NULL, claimed_until_us = NULL
WHERE claimed_by IS NOT NULL AND claimed_by = :node_id;

-- name: find_message(organization_id, message_id)^
-- One message.
SELECT /* message(m) */
FROM outbox_message AS m
WHERE m.organization_id = :organization_id AND m.message_id = :message_id;

-- name: list_messages(organization_id, target_id, state, before_us, before_id, limit)
-- A page of messages, newest first: of a target and in a state, or of and in any for ''.
SELECT /* message(m) */
FROM outbox_message AS m
WHERE m.organization_id = :organization_id AND (m.written_us, m.message_id) < (:before_us, :before_id)
    AND (:target_id = '' OR m.target_id = :target_id)
    AND (:state = '' OR m.state = :state)
ORDER BY m.written_us DESC, m.message_id DESC
LIMIT :limit;

-- name: list_messages_about(organization_id, subject_id)
-- The messages about a subject, oldest first.
SELECT /* message(m) */
FROM outbox_message AS m
WHERE m.organization_id = :organization_id AND m.subject_id = :subject_id
ORDER BY m.target_id, m.place;

-- name: list_attempts(organization_id, message_id)
-- The log of a message, oldest first.
SELECT organization_id, message_id, number, at_us, took_us, result, status, answer
FROM outbox_attempt
WHERE organization_id = :organization_id AND message_id = :message_id
ORDER BY number;

-- name: redeliver_message(organization_id, message_id, now_us, latest_claim_us)!
-- Let a message be sent again, unless it is being sent.
UPDATE outbox_message
SET state = 'pending', tries = 0, since_us = :now_us, due_us = :now_us, ended_us = NULL, reason = '',
    claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id AND message_id = :message_id
    AND /* unclaimed(outbox_message) */;

-- name: give_up_message(organization_id, message_id, reason, now_us, latest_claim_us)!
-- Give up a message that is pending and not being sent.
UPDATE outbox_message
SET state = 'given_up', ended_us = :now_us, reason = :reason, claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id AND message_id = :message_id AND state = 'pending'
    AND /* unclaimed(outbox_message) */;

-- name: give_up_old_messages(organization_id, until_us, reason, now_us, latest_claim_us)!
-- Give up what has been pending for too long and is not being sent.
UPDATE outbox_message
SET state = 'given_up', ended_us = :now_us, reason = :reason, claimed_by = NULL, claimed_until_us = NULL
WHERE organization_id = :organization_id
    AND message_id IN (
        SELECT p.message_id
        FROM outbox_message AS p
        WHERE p.organization_id = :organization_id AND p.state = 'pending' AND p.since_us <= :until_us
            AND /* unclaimed(p) */
    );

-- name: count_old_messages(organization_id, until_us, limit)$
-- How many messages ended before a time, up to a limit.
SELECT count(*)
FROM (
    SELECT 1
    FROM outbox_message
    WHERE organization_id = :organization_id AND state <> 'pending' AND ended_us <= :until_us
    ORDER BY ended_us, message_id
    LIMIT :limit
) AS old;

-- name: forget_old_messages(organization_id, until_us, limit)!
-- Forget messages that ended long ago, with their logs.
DELETE FROM outbox_message
WHERE organization_id = :organization_id
    AND message_id IN (
        SELECT o.message_id
        FROM outbox_message AS o
        WHERE o.organization_id = :organization_id AND o.state <> 'pending' AND o.ended_us <= :until_us
        ORDER BY o.ended_us, o.message_id
        LIMIT :limit
    );

-- name: forget_messages_about(organization_id, subject_id)!
-- Forget the messages about a record, with their logs.
DELETE FROM outbox_message
WHERE organization_id = :organization_id AND subject_id = :subject_id;

-- name: get_outbox_backlog()^
-- How many messages are pending, since when, how many were given up, and how many targets have failed so often.
SELECT
    (SELECT count(*) FROM outbox_message WHERE state = 'pending'),
    (SELECT min(written_us) FROM outbox_message WHERE state = 'pending'),
    (SELECT count(*) FROM outbox_message WHERE state = 'given_up'),
    (SELECT count(*) FROM outbox_target WHERE opened_us IS NOT NULL);

-- name: settle_left_message(organization_id, message_id, state, attempts, due_us, ended_us, reason)!
-- Keep how far a message was when it was noted elsewhere.
UPDATE outbox_message
SET state = :state, tries = :attempts, attempts = :attempts, due_us = :due_us, ended_us = :ended_us, reason = :reason
WHERE organization_id = :organization_id AND message_id = :message_id AND state = 'pending' AND attempts = 0;
