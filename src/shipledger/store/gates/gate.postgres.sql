-- name: list_awaiting_gates(keys)
-- The gates of deployments (organization, id) that wait for a decision.
SELECT g.organization_id, g.deployment_id, g.number, g.credential_id, g.subject, g.status, g.asked_us, g.changed_us, g.reason
FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
JOIN gate AS g
    ON g.organization_id = w.value ->> 0 AND g.deployment_id = w.value ->> 1 AND g.status = 'awaiting'
    /* on Citus: g.organization_id of :keys */
ORDER BY g.organization_id, g.deployment_id;

-- name: delete_gates(keys)!
-- Forget the gates of deployments: organization, id.
DELETE FROM gate
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS w (value)
) /* on Citus: organization_id of :keys */;
