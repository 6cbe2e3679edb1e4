-- name: find_gate_of_deployment(organization_id, deployment_id)^
-- The gate of a deployment.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND deployment_id = :deployment_id;

-- name: find_gate_by_number(organization_id, number)^
-- The gate with a number.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND number = :number;

-- name: list_gates(organization_id, status, before_number, limit)
-- A page of gates with a status, or any for '', newest first.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND number < :before_number AND (:status = '' OR status = :status)
ORDER BY number DESC
LIMIT :limit;

-- name: list_overdue_gates(organization_id, asked_until_us, asked_after_us, limit)
-- The gates that wait for a decision and were asked for until one time, or after another, the oldest first.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND status = 'awaiting' AND asked_us <= :asked_until_us
UNION ALL
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND status = 'awaiting' AND asked_us > :asked_after_us
ORDER BY asked_us, number
LIMIT :limit;

-- name: has_left_gates()$
-- Whether a version without entries has opened or changed a gate.
SELECT 1 FROM gate WHERE status <> entered_status LIMIT 1;

-- name: list_left_gates(organization_id, after, limit)
-- The gates that a version without entries has opened or changed, each with the receipt and the item that asked for it.
SELECT g.organization_id, g.deployment_id, g.number, g.credential_id, g.subject, g.status, g.asked_us, g.changed_us, g.reason,
       g.gate_id, g.version,
       coalesce(
           (
               SELECT e.receipt_id || ' ' || e.item
               FROM entry AS e
               JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
               WHERE e.organization_id = g.organization_id AND e.deployment_id = g.deployment_id
                   AND r.credential_id = g.credential_id AND e.submission LIKE '%"asks_for_gate":true%'
               ORDER BY e.version
               LIMIT 1
           ),
           (
               SELECT e.receipt_id || ' ' || e.item
               FROM entry AS e
               WHERE e.organization_id = g.organization_id AND e.deployment_id = g.deployment_id
               ORDER BY e.version
               LIMIT 1
           )
       )
FROM gate AS g
WHERE g.organization_id = :organization_id AND g.deployment_id > :after AND g.status <> g.entered_status
ORDER BY g.deployment_id
LIMIT :limit;

-- name: find_gate_asker(organization_id, credential_id)^
-- A credential, and where the app is reached that it stands for.
SELECT c.credential_id, a.links, c.kind, c.name
FROM credential AS c
LEFT JOIN connect_app AS a ON a.organization_id = c.organization_id AND a.credential_id = c.credential_id
WHERE c.organization_id = :organization_id AND c.credential_id = :credential_id;

-- name: find_gate_count(organization_id)$
-- The greatest number that a gate of an organization ever had, also of those that are gone without a trace.
SELECT gate_count FROM organization WHERE organization_id = :organization_id;

-- name: note_gate_number(organization_id, number)!
-- Keep the greatest number of a gate, by which a version before counts on.
UPDATE organization SET gate_count = :number WHERE organization_id = :organization_id AND gate_count < :number;

-- name: forget_gate_deliveries(keys)!
-- Forget what was to be told of gates: organization, id.
DELETE FROM gate_delivery
WHERE (organization_id, deployment_id) IN (
    SELECT g.organization_id, g.deployment_id
    FROM /* each(:keys, w) */
    CROSS JOIN gate AS g
    WHERE g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1
        /* on Citus: g.organization_id of :keys */
) /* on Citus: organization_id of :keys */;

-- name: list_gated_deployments(keys)
-- The deployments of gates: organization, id.
SELECT g.organization_id, g.deployment_id
FROM /* each(:keys, w) */
CROSS JOIN gate AS g
WHERE g.organization_id = w.value ->> 0 AND g.gate_id = w.value ->> 1
    /* on Citus: g.organization_id of :keys */;
