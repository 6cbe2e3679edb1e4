-- name: append_entries(rows)!
-- Append to the ledger: organization, deployment, version, receipt, item, accepted, recorded, submission, actor.
INSERT INTO entry
    (organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, CAST(value ->> 4 AS integer),
    CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint), value ->> 7, value ->> 8
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);
