-- name: list_left_deliveries(organization_id, limit)
-- What nodes of the version before have noted for apps about their gates.
SELECT g.organization_id, g.deployment_id, g.number, g.credential_id, g.subject, g.status, g.asked_us, g.changed_us, g.reason,
       c.kind, c.name, d.change, d.status, d.changed_us, d.state, d.attempts, d.due_us, d.answered_us, d.answer
FROM gate_delivery AS d
JOIN gate AS g ON g.organization_id = d.organization_id AND g.deployment_id = d.deployment_id
JOIN credential AS c ON c.organization_id = g.organization_id AND c.credential_id = g.credential_id
WHERE d.organization_id = :organization_id
ORDER BY d.deployment_id, d.change
LIMIT :limit;

-- name: forget_left_delivery(organization_id, deployment_id, change)!
-- Forget what became a message.
DELETE FROM gate_delivery
WHERE organization_id = :organization_id AND deployment_id = :deployment_id AND change = :change;
