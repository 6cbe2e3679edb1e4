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
