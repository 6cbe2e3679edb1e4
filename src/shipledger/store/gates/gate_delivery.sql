-- name: list_due_deliveries(organization_id, now_us, limit)
-- The changes that apps which are switched on are to be told of now, of each gate the oldest.
SELECT g.organization_id, g.deployment_id, g.number, g.credential_id, g.subject, g.status, g.asked_us, g.changed_us, g.reason,
       d.status, d.changed_us, d.state, d.attempts, d.due_us, d.answer
FROM gate_delivery AS d
JOIN gate AS g ON g.organization_id = d.organization_id AND g.deployment_id = d.deployment_id
JOIN credential AS c ON c.organization_id = g.organization_id AND c.credential_id = g.credential_id
JOIN connect_app AS a ON a.organization_id = g.organization_id AND a.credential_id = g.credential_id
WHERE d.organization_id = :organization_id AND d.state = 'pending' AND d.due_us <= :now_us
    AND c.revoked_us IS NULL AND a.is_enabled = 1
    AND NOT EXISTS (
        SELECT 1
        FROM gate_delivery AS e
        WHERE e.organization_id = d.organization_id AND e.deployment_id = d.deployment_id AND e.change < d.change
            AND e.state = 'pending'
    )
ORDER BY d.due_us
LIMIT :limit;

-- name: hasten_deliveries(organization_id, now_us, latest_us)!
-- What is due too late was put off while the clock was ahead; it is due now.
UPDATE gate_delivery SET due_us = :now_us
WHERE organization_id = :organization_id AND state = 'pending' AND due_us > :latest_us;

-- name: list_deliveries(organization_id, deployment_id)
-- All that was or is to be told of a gate, oldest first.
SELECT g.organization_id, g.deployment_id, g.number, g.credential_id, g.subject, g.status, g.asked_us, g.changed_us, g.reason,
       d.status, d.changed_us, d.state, d.attempts, d.due_us, d.answer
FROM gate_delivery AS d
JOIN gate AS g ON g.organization_id = d.organization_id AND g.deployment_id = d.deployment_id
WHERE d.organization_id = :organization_id AND d.deployment_id = :deployment_id
ORDER BY d.change;

-- name: note_delivery(organization_id, deployment_id, change, expected, state, attempts, due_us, now_us, answer)!
-- Keep what came of a try, unless another was noted meanwhile.
UPDATE gate_delivery
SET state = :state, attempts = :attempts, due_us = :due_us, answered_us = :now_us, answer = :answer
WHERE organization_id = :organization_id AND deployment_id = :deployment_id AND change = :change
    AND state = 'pending' AND attempts = :expected;
