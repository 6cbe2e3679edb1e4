-- Apps are told of their gates as before; other messages, and the log, are lost.
INSERT INTO gate_delivery
    (organization_id, deployment_id, change, status, changed_us, state, attempts, due_us, answered_us, answer)
SELECT
    m.organization_id,
    CAST(m.body AS json) ->> 'deployment_id',
    m.place,
    CAST(m.body AS json) ->> 'status',
    CAST(CAST(m.body AS json) ->> 'changed_us' AS BIGINT),
    CASE m.state WHEN 'given_up' THEN 'failed' ELSE m.state END,
    m.attempts,
    m.due_us,
    m.ended_us,
    m.reason
FROM outbox_message AS m
JOIN outbox_target AS t ON t.organization_id = m.organization_id AND t.target_id = m.target_id
JOIN gate AS g ON g.organization_id = m.organization_id AND g.deployment_id = CAST(m.body AS json) ->> 'deployment_id'
WHERE t.credential_id IS NOT NULL AND m.topic IN ('gate.asked', 'gate.decided', 'gate.closed')
ON CONFLICT (organization_id, deployment_id, change) DO NOTHING;

DROP TABLE outbox_attempt;
DROP TABLE outbox_message;
DROP TABLE outbox_target;
