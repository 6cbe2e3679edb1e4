-- name: forget_gate_deliveries(keys)!
-- Forget what was to be told of gates: organization, id.
DELETE FROM gate_delivery
WHERE (organization_id, deployment_id) IN (
    SELECT g.organization_id, g.deployment_id
    FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
    JOIN gate AS g ON g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1
        /* on Citus: g.organization_id of :keys */
) /* on Citus: organization_id of :keys */;

-- name: list_gated_deployments(keys)
-- The deployments of gates: organization, id.
SELECT g.organization_id, g.deployment_id
FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
JOIN gate AS g ON g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1
    /* on Citus: g.organization_id of :keys */;
