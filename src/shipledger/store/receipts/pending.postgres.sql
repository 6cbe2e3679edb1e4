-- name: append_receipts_with_names(rows, claimed_by, names)!
-- Make receipts durable and note their names in one statement, whose commit is one round trip.
WITH noted AS (
    INSERT INTO pending_name (organization_id, name, receipt_id, may_record)
    SELECT
        value ->> 0, CAST(value ->> 1 AS bigint), value ->> 2, CAST(value ->> 3 AS integer)
    FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)
)
INSERT INTO receipt
    (organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state, claimed_by,
     attempts, are_names_noted, digest, translation)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, CAST(value ->> 7 AS bigint),
    'pending', :claimed_by, 0, 1, value ->> 8, value ->> 9
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: find_pending(names, besides)
-- The pending receipts with some names (organization, number), without some of them.
-- Arrays rather than rows to join: no plan is slow then, however many rows there are and however few the planner believes in.
SELECT p.name, p.may_record, p.receipt_id
FROM pending_name AS p
WHERE p.name = ANY (ARRAY(SELECT CAST(w.value ->> 1 AS bigint) FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)))
    AND p.organization_id = ANY (ARRAY(SELECT w.value ->> 0 FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)))
    AND p.receipt_id NOT IN (SELECT jsonb_array_elements_text(CAST(:besides AS jsonb)))
    AND (
        SELECT r.state
        FROM receipt AS r
        WHERE r.organization_id = p.organization_id AND r.receipt_id = p.receipt_id
            /* on Citus: r.organization_id of :names */
    ) = 'pending'
    /* on Citus: p.organization_id of :names */;

-- name: forget_names(rows)!
-- Forget the names of receipts that are settled now: organization, number, receipt.
DELETE FROM pending_name
WHERE name = ANY (ARRAY(SELECT CAST(w.value ->> 1 AS bigint) FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)))
    AND organization_id = ANY (ARRAY(SELECT w.value ->> 0 FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)))
    AND receipt_id IN (SELECT w.value ->> 2 FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value))
    /* on Citus: organization_id of :rows */;
