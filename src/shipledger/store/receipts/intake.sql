-- name: append_receipts(rows, claimed_by, are_names_noted)!
-- Make receipts durable: organization, id, credential, protocol, operation, parameters, body, time, digest, translation.
INSERT INTO receipt
    (organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state, claimed_by,
     attempts, are_names_noted, digest, translation)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, CAST(value ->> 7 AS bigint),
    'pending', :claimed_by, 0, CAST(:are_names_noted AS integer), value ->> 8, value ->> 9
FROM /* each(:rows, w) */;

-- name: append_missing_receipts(rows, claimed_by, are_names_noted)!
-- The same after a connection was cut in mid-commit: those that are there stay, and a commit under way is waited for.
INSERT INTO receipt
    (organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state, claimed_by,
     attempts, are_names_noted, digest, translation)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, CAST(value ->> 7 AS bigint),
    'pending', :claimed_by, 0, CAST(:are_names_noted AS integer), value ->> 8, value ->> 9
FROM /* each(:rows, w) */
WHERE true
ON CONFLICT (organization_id, receipt_id) DO NOTHING;

-- name: release_lost_claims(organization_id, node_id, held)!
-- Free what a node has claimed of an organization, but for what it holds.
UPDATE receipt
SET claimed_by = NULL
WHERE organization_id = :organization_id AND state = 'pending' AND state <> 'settled' AND claimed_by = :node_id
    AND receipt_id NOT IN /* texts(:held) */;

-- name: release_receipts(keys, attempts)!
-- Free claimed receipts: organization, id.
UPDATE receipt
SET claimed_by = NULL, attempts = attempts + :attempts
WHERE (organization_id, receipt_id) IN (
        SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
    ) /* on Citus: organization_id of :keys */
    AND state = 'pending' AND claimed_by IS NOT NULL;

-- name: find_matching(organization_id, aliases, count)$
-- The deployments that have every one of some aliases (scope, key).
SELECT /* gather */(m.deployment_id)
FROM (
    SELECT a.deployment_id
    FROM /* each(:aliases, w) */
    CROSS JOIN deployment_alias AS a
    WHERE a.organization_id = :organization_id AND a.scope = w.value ->> 0 AND a.key = w.value ->> 1
    GROUP BY a.deployment_id
    HAVING count(*) = :count
) AS m;
