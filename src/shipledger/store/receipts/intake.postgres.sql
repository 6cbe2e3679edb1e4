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

-- name: list_mapped_repositories(organization_ids)$
-- The repositories that services of some organizations have, without case, as pairs.
SELECT json_agg(json_build_array(r.organization_id, r.repository_key))
FROM service_repository AS r
WHERE r.organization_id IN (SELECT jsonb_array_elements_text(CAST(:organization_ids AS jsonb)))
    /* on Citus: r.organization_id of :organization_ids */;
