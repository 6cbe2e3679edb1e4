-- name: append_seal(organization_id, number, previous, sealed_us, covered, entries, hash)!
-- Add a seal.
INSERT INTO entry_seal (organization_id, number, previous, sealed_us, covered, entries, hash)
VALUES (:organization_id, :number, :previous, :sealed_us, :covered, :entries, :hash);

-- name: find_last_seal(organization_id)^
-- The newest seal.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash
FROM entry_seal
WHERE organization_id = :organization_id AND number > 0
ORDER BY number DESC
LIMIT 1;

-- name: list_seals(organization_id, after, limit)
-- Seals in their order.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash
FROM entry_seal
WHERE organization_id = :organization_id AND number > :after
ORDER BY number
LIMIT :limit;

-- name: find_newest_seal()$
-- When any organization was sealed last.
SELECT max(
    (
        SELECT s.sealed_us
        FROM entry_seal AS s
        WHERE s.organization_id = o.organization_id AND s.number > 0
        ORDER BY s.number DESC
        LIMIT 1
    )
)
FROM organization AS o;
