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
