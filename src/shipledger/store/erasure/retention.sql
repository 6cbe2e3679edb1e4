-- name: list_old_receipts(organization_id, from_us, until_us, until_id, limit)
-- Settled receipts of a time, and older than an id, that still have what arrived, oldest first.
SELECT receipt_id, accepted_us
FROM receipt
WHERE organization_id = :organization_id
    AND accepted_us >= :from_us
    AND accepted_us < :until_us
    AND receipt_id < :until_id
    AND state = 'settled'
    AND (body <> '' OR parameters <> '{}')
ORDER BY accepted_us, receipt_id
LIMIT :limit;

-- name: count_old_receipts(organization_id, until_us, limit)$
-- How many settled receipts from before a time still have what arrived, up to a limit.
SELECT count(*)
FROM (
    SELECT 1
    FROM receipt
    WHERE organization_id = :organization_id
        AND accepted_us < :until_us
        AND state = 'settled'
        AND (body <> '' OR parameters <> '{}')
    ORDER BY accepted_us, receipt_id
    LIMIT :limit
) AS old;

-- name: empty_receipt(organization_id, receipt_id)!
-- Forget what arrived with a settled receipt.
UPDATE receipt
SET body = '', parameters = '{}', translation = NULL, digest = substr(digest, 1, 34)
WHERE organization_id = :organization_id AND receipt_id = :receipt_id AND state = 'settled';

-- name: count_own_receipts(organization_id, operation, since_us)$
-- How many receipts the ledger has written to itself since a time, for one purpose.
SELECT count(*)
FROM receipt
WHERE organization_id = :organization_id AND protocol = 'shipledger' AND accepted_us >= :since_us AND operation = :operation;
