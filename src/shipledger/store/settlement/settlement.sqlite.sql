-- name: append_entries(rows)!
-- Append to the ledger: organization, deployment, version, receipt, item, accepted, recorded, submission, actor.
INSERT INTO entry
    (organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor, position)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
    (SELECT coalesce(max(e.position), 0) FROM entry AS e WHERE e.organization_id = value ->> 0) + key + 1
FROM json_each(:rows);
