-- name: append_receipts(rows, claimed_by, are_names_noted)!
-- Make receipts durable: organization, id, credential, protocol, operation, parameters, body, time, digest, translation.
INSERT INTO receipt
    (organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state, claimed_by,
     attempts, are_names_noted, digest, translation)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, CAST(value ->> 7 AS bigint),
    'pending', :claimed_by, 0, CAST(:are_names_noted AS integer), value ->> 8, value ->> 9
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value);

-- name: append_missing_receipts(rows, claimed_by, are_names_noted)!
-- The same after a connection was cut in mid-commit: those that are there stay, and a commit under way is waited for.
INSERT INTO receipt
    (organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state, claimed_by,
     attempts, are_names_noted, digest, translation)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, CAST(value ->> 7 AS bigint),
    'pending', :claimed_by, 0, CAST(:are_names_noted AS integer), value ->> 8, value ->> 9
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)
ON CONFLICT (organization_id, receipt_id) DO NOTHING;

-- name: count_free_receipts_of(organization_ids, limit)
-- How many of the oldest free receipts of some organizations, with commas between them, each has.
-- Citus sees from such a list, and not from one that is selected, which workers need not be asked.
SELECT organization_id, count(*)
FROM (
    SELECT organization_id
    FROM receipt
    WHERE state = 'pending' AND state <> 'settled' AND claimed_by IS NULL AND organization_id = ANY (string_to_array(:organization_ids, ','))
    ORDER BY receipt_id
    LIMIT :limit
) AS oldest
GROUP BY organization_id;

-- name: claim_receipts(organization_id, node_id, limit)
-- Take the oldest free receipts of an organization that no other node is taking now.
WITH free AS (
    SELECT organization_id, receipt_id
    FROM receipt
    WHERE organization_id = :organization_id AND state = 'pending' AND claimed_by IS NULL
    ORDER BY receipt_id
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE receipt AS r
SET claimed_by = :node_id
FROM free
WHERE r.organization_id = :organization_id AND r.organization_id = free.organization_id AND r.receipt_id = free.receipt_id
    AND r.state = 'pending' AND r.claimed_by IS NULL
RETURNING
    r.organization_id, r.receipt_id, r.credential_id, r.protocol, r.operation, r.parameters, r.body, r.accepted_us,
    r.attempts, r.are_names_noted, r.digest, r.translation;

-- name: release_receipts(keys, attempts)!
-- Free claimed receipts: organization, id.
UPDATE receipt
SET claimed_by = NULL, attempts = attempts + :attempts
WHERE (organization_id, receipt_id) IN (
        SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
    ) /* on Citus: organization_id of :keys */
    AND state = 'pending' AND claimed_by IS NOT NULL;

-- name: release_lost_claims(organization_id, node_id, held)!
-- Free what a node has claimed of an organization, but for what it holds.
UPDATE receipt
SET claimed_by = NULL
WHERE organization_id = :organization_id AND state = 'pending' AND state <> 'settled' AND claimed_by = :node_id
    AND receipt_id NOT IN (SELECT jsonb_array_elements_text(CAST(:held AS jsonb)));

-- name: load_deployments(lookups)$
-- The deployments of lookups (organization, id, scope, key, which one, time), each with the place of its lookup.
SELECT '[' || string_agg('[' || found.place - 1 || ',' || found.document || ']', E',\n') || ']'
FROM (
    SELECT w.place, d.document
    FROM jsonb_array_elements(CAST(:lookups AS jsonb)) WITH ORDINALITY AS w (value, place)
    JOIN deployment AS d ON d.organization_id = w.value ->> 0 AND d.deployment_id = w.value ->> 1
        /* on Citus: d.organization_id of :lookups */
    UNION ALL
    SELECT named.place, d.document
    FROM (
        SELECT
            a.organization_id,
            w.place,
            CASE w.value ->> 4
                WHEN 'until' THEN (array_agg(a.deployment_id ORDER BY a.started_us DESC NULLS LAST, a.deployment_id DESC))[1]
                WHEN 'after' THEN (array_agg(a.deployment_id ORDER BY a.started_us, a.deployment_id))[1]
                ELSE max(a.deployment_id)
            END AS deployment_id
        FROM jsonb_array_elements(CAST(:lookups AS jsonb)) WITH ORDINALITY AS w (value, place)
        JOIN deployment_alias AS a
            ON a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 2 AND a.key = w.value ->> 3
            AND CASE w.value ->> 4
                WHEN 'until' THEN a.started_us IS NULL OR a.started_us <= CAST(w.value ->> 5 AS bigint)
                WHEN 'after' THEN a.started_us > CAST(w.value ->> 5 AS bigint)
                WHEN 'own' THEN a.is_identity = 1
                ELSE true
            END
            /* on Citus: a.organization_id of :lookups */
        WHERE w.value ->> 1 IS NULL
        GROUP BY a.organization_id, w.place, w.value
    ) AS named
    JOIN deployment AS d ON d.organization_id = named.organization_id AND d.deployment_id = named.deployment_id
        /* on Citus: d.organization_id of :lookups */
) AS found;

-- name: find_matching(organization_id, aliases, count)$
-- The deployments that have every one of some aliases (scope, key).
SELECT json_agg(m.deployment_id)
FROM (
    SELECT a.deployment_id
    FROM jsonb_array_elements(CAST(:aliases AS jsonb)) AS w (value)
    JOIN deployment_alias AS a
        ON a.organization_id = :organization_id AND a.scope = w.value ->> 0 AND a.key = w.value ->> 1
    GROUP BY a.deployment_id
    HAVING count(*) = :count
) AS m;

-- name: list_mapped_repositories(organization_ids)$
-- The repositories that services of some organizations have, without case, as pairs.
SELECT json_agg(json_build_array(r.organization_id, r.repository_key))
FROM service_repository AS r
WHERE r.organization_id IN (SELECT jsonb_array_elements_text(CAST(:organization_ids AS jsonb)))
    /* on Citus: r.organization_id of :organization_ids */;
