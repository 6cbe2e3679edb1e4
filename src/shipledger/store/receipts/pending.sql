-- name: find_oldest_unnoted(organization_id)$
-- The oldest pending receipt of an organization whose names are not noted.
SELECT min(receipt_id)
FROM receipt
WHERE organization_id = :organization_id AND state = 'pending' AND are_names_noted = 0;

-- name: find_oldest_pending_record(organization_id)$
-- The oldest pending receipt of an organization that may record something, by its names.
SELECT min(p.receipt_id)
FROM pending_name AS p
WHERE p.organization_id = :organization_id AND p.may_record = 1
    AND (
        SELECT r.state
        FROM receipt AS r
        WHERE r.organization_id = p.organization_id AND r.receipt_id = p.receipt_id
    ) = 'pending';

-- name: forget_settled_names()!
-- Forget the names of receipts that were settled by who does not know of them. Those of quarantined ones may be needed again.
DELETE FROM pending_name
WHERE NOT EXISTS (
    SELECT 1
    FROM receipt AS r
    WHERE r.organization_id = pending_name.organization_id AND r.receipt_id = pending_name.receipt_id AND r.state <> 'settled'
);

-- name: find_pending_receipt(organization_id, first_id, last_id)$
-- A pending receipt whose id is in a range.
SELECT min(receipt_id)
FROM receipt
WHERE organization_id = :organization_id AND state = 'pending' AND receipt_id >= :first_id AND receipt_id <= :last_id;

-- name: mark_names_noted(keys)!
-- Say that the names of pending receipts (organization, id) are noted.
UPDATE receipt
SET are_names_noted = 1
WHERE (organization_id, receipt_id) IN (
        SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
    ) /* on Citus: organization_id of :keys */
    AND state = 'pending';

-- name: note_names(rows)!
-- Note the names of receipts that were accepted just now: organization, number, receipt, whether it may record.
INSERT INTO pending_name (organization_id, name, receipt_id, may_record)
SELECT
    value ->> 0, CAST(value ->> 1 AS bigint), value ->> 2, CAST(value ->> 3 AS integer)
FROM /* each(:rows, w) */;

-- name: note_missing_names(rows)!
-- The same where some may be noted, and some settled by now: after a connection was cut in mid-commit, or an older version.
INSERT INTO pending_name (organization_id, name, receipt_id, may_record)
SELECT
    r.organization_id, CAST(value ->> 1 AS bigint), r.receipt_id, CAST(value ->> 3 AS integer)
FROM /* each(:rows, w) */
CROSS JOIN receipt AS r
WHERE r.organization_id = w.value ->> 0 AND r.receipt_id = w.value ->> 2 AND r.state = 'pending'
    /* on Citus: r.organization_id of :rows */
ON CONFLICT (organization_id, name, receipt_id) DO NOTHING;
