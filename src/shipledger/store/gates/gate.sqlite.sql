-- name: forget_gate_deliveries(keys)!
-- Forget what was to be told of gates: organization, id.
DELETE FROM gate_delivery
WHERE (organization_id, deployment_id) IN (
    SELECT g.organization_id, g.deployment_id
    FROM json_each(:keys) AS w
    CROSS JOIN gate AS g
    WHERE g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1
);

-- name: list_gated_deployments(keys)
-- The deployments of gates: organization, id.
SELECT g.organization_id, g.deployment_id
FROM json_each(:keys) AS w
CROSS JOIN gate AS g
WHERE g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1;
