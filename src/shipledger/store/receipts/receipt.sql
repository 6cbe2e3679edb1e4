-- name: count_free_receipts(limit)
-- How many of the oldest free receipts each organization has.
SELECT organization_id, count(*)
FROM (
    SELECT organization_id
    FROM receipt
    WHERE state = 'pending' AND claimed_by IS NULL
    ORDER BY receipt_id
    LIMIT :limit
) AS oldest
GROUP BY organization_id;

-- name: quarantine_receipt(organization_id, receipt_id, failure, now_us)!
-- Set a pending receipt aside.
UPDATE receipt
SET state = 'quarantined', claimed_by = NULL, failure = :failure, settled_us = :now_us
WHERE organization_id = :organization_id AND receipt_id = :receipt_id AND state = 'pending';

-- name: replay_receipt(organization_id, receipt_id)!
-- Make a quarantined receipt pending again.
UPDATE receipt
SET state = 'pending', failure = NULL, settled_us = NULL, attempts = 0
WHERE organization_id = :organization_id AND receipt_id = :receipt_id AND state = 'quarantined';

-- name: find_receipt_state(organization_id, receipt_id)$
-- How far a receipt is.
SELECT state FROM receipt WHERE organization_id = :organization_id AND receipt_id = :receipt_id;

-- name: get_backlog()^
-- How many receipts wait or are set aside, and since when.
SELECT
    coalesce(sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN state = 'quarantined' THEN 1 ELSE 0 END), 0),
    min(CASE WHEN state = 'pending' THEN accepted_us END)
FROM receipt
WHERE state <> 'settled';

-- name: find_newest_receipt(organization_id)$
-- The newest receipt of an organization.
SELECT max(receipt_id)
FROM receipt
WHERE organization_id = :organization_id;

-- name: list_verdicts_that_say(organization_id, pattern, receipts, limit)
-- Verdicts on the newest receipts whose sentence is like a pattern in upper case, newest first.
SELECT v.receipt_id, v.item, r.protocol, r.operation, r.parameters, r.credential_id, coalesce(c.name, ''), r.accepted_us, v.settled_us,
       v.kind, v.deployment_id, v.reason, v.sentence, v.subject
FROM (
    SELECT n.organization_id, n.receipt_id
    FROM receipt AS n
    WHERE n.organization_id = :organization_id
    ORDER BY n.receipt_id DESC
    LIMIT :receipts
) AS w
JOIN verdict AS v ON v.organization_id = w.organization_id AND v.receipt_id = w.receipt_id
JOIN receipt AS r ON r.organization_id = v.organization_id AND r.receipt_id = v.receipt_id
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE v.organization_id = :organization_id AND r.organization_id = :organization_id AND v.sentence <> '' AND upper(v.sentence) LIKE :pattern
ORDER BY v.receipt_id DESC, v.item
LIMIT :limit;
