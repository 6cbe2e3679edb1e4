-- name: ensure_app_target(organization_id, credential_id, kind, name, created_us)!
-- Add an app as a target, unless it is one.
INSERT INTO outbox_target (organization_id, target_id, kind, name, created_us, credential_id, address, topics)
VALUES (:organization_id, :credential_id, :kind, :name, :created_us, :credential_id, '', '[]')
ON CONFLICT (organization_id, target_id) DO NOTHING;

-- name: save_target(organization_id, target_id, kind, name, created_us, address, topics, sealed_secret)!
-- Add an address as a target.
INSERT INTO outbox_target (organization_id, target_id, kind, name, created_us, address, topics, sealed_secret)
VALUES (:organization_id, :target_id, :kind, :name, :created_us, :address, :topics, :sealed_secret);

-- name: rotate_target_secret(organization_id, target_id, expected_secret, sealed_secret, previous_sealed_secret, previous_until_us)!
-- Replace the secrets of a target, unless somebody did meanwhile.
UPDATE outbox_target
SET sealed_secret = :sealed_secret, previous_sealed_secret = :previous_sealed_secret, previous_until_us = :previous_until_us
WHERE organization_id = :organization_id AND target_id = :target_id AND sealed_secret = :expected_secret;

-- name: remove_target(organization_id, target_id)!
-- Forget a target with its messages.
DELETE FROM outbox_target WHERE organization_id = :organization_id AND target_id = :target_id;

-- name: find_target(organization_id, target_id)^
-- One target.
SELECT /* target(t) */
FROM outbox_target AS t
WHERE t.organization_id = :organization_id AND t.target_id = :target_id;

-- name: list_topics(organization_id)
-- The targets that are addresses, and what each wants to hear of.
SELECT target_id, topics
FROM outbox_target
WHERE organization_id = :organization_id AND credential_id IS NULL
ORDER BY target_id;

-- name: list_targets(organization_id)
-- The targets, oldest first, with how many of their messages are pending and given up, and since when.
SELECT /* target(t) */,
       (
           SELECT count(*)
           FROM outbox_message AS m
           WHERE m.organization_id = t.organization_id AND m.target_id = t.target_id AND m.state = 'pending'
       ),
       (
           SELECT count(*)
           FROM outbox_message AS m
           WHERE m.organization_id = t.organization_id AND m.target_id = t.target_id AND m.state = 'given_up'
       ),
       (
           SELECT min(m.since_us)
           FROM outbox_message AS m
           WHERE m.organization_id = t.organization_id AND m.target_id = t.target_id AND m.state = 'pending'
       )
FROM outbox_target AS t
WHERE t.organization_id = :organization_id
ORDER BY t.created_us, t.target_id;

-- name: list_ready_targets(organization_id, now_us, latest_due_us, latest_hold_us, latest_claim_us)
-- The targets with a message that may be sent now, unless nothing is to be sent to them.
SELECT /* target(t) */
FROM outbox_target AS t
LEFT JOIN credential AS c ON c.organization_id = t.organization_id AND c.credential_id = t.credential_id
LEFT JOIN connect_app AS a ON a.organization_id = t.organization_id AND a.credential_id = t.credential_id
WHERE t.organization_id = :organization_id
    AND (t.held_until_us IS NULL OR t.held_until_us <= :now_us OR t.held_until_us > :latest_hold_us)
    AND (t.credential_id IS NULL OR (c.revoked_us IS NULL AND a.is_enabled = 1))
    AND EXISTS (
        SELECT 1
        FROM outbox_message AS m
        WHERE m.organization_id = t.organization_id AND m.target_id = t.target_id AND /* sendable(m) */
    )
ORDER BY t.target_id;

-- name: hold_target(organization_id, target_id)^
-- How the breaker of a target stands; who else sends to it waits until this transaction ends.
UPDATE outbox_target SET failures = failures
WHERE organization_id = :organization_id AND target_id = :target_id
RETURNING failures, opened_us, held_until_us;

-- name: save_breaker(organization_id, target_id, failures, opened_us, held_until_us)!
-- Keep how the breaker of a target stands.
UPDATE outbox_target SET failures = :failures, opened_us = :opened_us, held_until_us = :held_until_us
WHERE organization_id = :organization_id AND target_id = :target_id;

-- name: let_target_be_called(organization_id, target_id)!
-- Let a target be called now, whatever its breaker says.
UPDATE outbox_target SET held_until_us = NULL
WHERE organization_id = :organization_id AND target_id = :target_id;
