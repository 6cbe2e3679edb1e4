-- name: note_names(rows)!
-- Note the names of receipts that were accepted just now: organization, number, receipt, whether it may record.
INSERT INTO pending_name (organization_id, name, receipt_id, may_record)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3
FROM json_each(:rows);

-- name: note_missing_names(rows)!
-- The same where some may be noted, and some settled by now.
INSERT INTO pending_name (organization_id, name, receipt_id, may_record)
SELECT r.organization_id, w.value ->> 1, r.receipt_id, w.value ->> 3
FROM json_each(:rows) AS w
CROSS JOIN receipt AS r
WHERE r.organization_id = w.value ->> 0 AND r.receipt_id = w.value ->> 2 AND r.state = 'pending'
ON CONFLICT (organization_id, name, receipt_id) DO NOTHING;

-- name: mark_names_noted(keys)!
-- Say that the names of pending receipts (organization, id) are noted.
UPDATE receipt
SET are_names_noted = 1
WHERE (organization_id, receipt_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys))
    AND state = 'pending';

-- name: find_pending(names, besides)
-- The pending receipts with some names (organization, number), without some of them.
SELECT p.name, p.may_record, p.receipt_id
FROM json_each(:names) AS w
CROSS JOIN pending_name AS p
WHERE p.organization_id = w.value ->> 0 AND p.name = w.value ->> 1
    AND p.receipt_id NOT IN (SELECT value FROM json_each(:besides))
    AND (
        SELECT r.state
        FROM receipt AS r
        WHERE r.organization_id = p.organization_id AND r.receipt_id = p.receipt_id
    ) = 'pending';

-- name: forget_names(rows)!
-- Forget the names of receipts that are settled now: organization, number, receipt.
-- SQLite seeks by no more than the first of three columns in a row; the plus keeps the last one out of the search.
DELETE FROM pending_name
WHERE organization_id IN (SELECT value ->> 0 FROM json_each(:rows))
    AND name IN (SELECT CAST(value ->> 1 AS INTEGER) FROM json_each(:rows))
    AND +receipt_id IN (SELECT value ->> 2 FROM json_each(:rows));
