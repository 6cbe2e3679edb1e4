-- name: count_free_receipts_of(organization_ids, limit)
-- How many of the oldest free receipts of some organizations, with commas between them, each has.
SELECT organization_id, count(*)
FROM (
    SELECT organization_id
    FROM receipt
    WHERE state = 'pending' AND state <> 'settled' AND claimed_by IS NULL AND organization_id IN (
        SELECT value FROM json_each('["' || replace(:organization_ids, ',', '","') || '"]')
    )
    ORDER BY receipt_id
    LIMIT :limit
) AS oldest
GROUP BY organization_id;

-- name: claim_receipts(organization_id, node_id, limit)
-- Take the oldest free receipts of an organization; the plus keeps the outer search to the rows found.
UPDATE receipt
SET claimed_by = :node_id
WHERE rowid IN (
        SELECT rowid
        FROM receipt INDEXED BY receipt_unsettled
        WHERE organization_id = :organization_id AND state = 'pending' AND state <> 'settled' AND claimed_by IS NULL
        ORDER BY receipt_id
        LIMIT :limit
    )
    AND +organization_id = :organization_id AND state = 'pending' AND claimed_by IS NULL
RETURNING organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, attempts,
    are_names_noted, digest, translation;

-- name: load_deployments(lookups)$
-- The deployments of lookups (organization, id, scope, key, which one, time), each with the place of its lookup.
SELECT '[' || group_concat('[' || found.place || ',' || d.document || ']', ',' || char(10)) || ']'
FROM (
    SELECT
        w.key AS place,
        w.value ->> 0 AS organization_id,
        coalesce(
            w.value ->> 1,
            CASE w.value ->> 4
                WHEN 'until' THEN (
                    SELECT a.deployment_id
                    FROM deployment_alias AS a INDEXED BY deployment_alias_started
                    WHERE a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 2 AND a.key = w.value ->> 3
                        AND a.started_us IS NOT NULL AND a.started_us <= w.value ->> 5
                    ORDER BY a.started_us DESC, a.deployment_id DESC
                    LIMIT 1
                )
                WHEN 'after' THEN (
                    SELECT a.deployment_id
                    FROM deployment_alias AS a INDEXED BY deployment_alias_started
                    WHERE a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 2 AND a.key = w.value ->> 3
                        AND a.started_us IS NOT NULL AND a.started_us > w.value ->> 5
                    ORDER BY a.started_us, a.deployment_id
                    LIMIT 1
                )
                WHEN 'own' THEN (
                    SELECT a.deployment_id
                    FROM deployment_alias AS a INDEXED BY deployment_alias_identity
                    WHERE a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 2 AND a.key = w.value ->> 3
                        AND a.is_identity = 1
                )
                ELSE (
                    SELECT max(a.deployment_id)
                    FROM deployment_alias AS a
                    WHERE a.organization_id = w.value ->> 0 AND a.scope = w.value ->> 2 AND a.key = w.value ->> 3
                )
            END
        ) AS deployment_id
    FROM json_each(:lookups) AS w
) AS found
CROSS JOIN deployment AS d
WHERE d.organization_id = found.organization_id AND d.deployment_id = found.deployment_id;

-- name: list_mapped_repositories(organization_ids)$
-- The repositories that services of some organizations have, without case, as pairs.
SELECT json_group_array(json_array(r.organization_id, r.repository_key))
FROM json_each(:organization_ids) AS w
CROSS JOIN service_repository AS r
WHERE r.organization_id = w.value;
