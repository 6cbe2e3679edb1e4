-- name: find_gate(organization_id, deployment_id)^
-- The gate of a deployment.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate
WHERE organization_id = :organization_id AND deployment_id = :deployment_id;

-- name: find_gate_by_number(organization_id, number)^
-- The gate with a number.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate
WHERE organization_id = :organization_id AND number = :number;

-- name: list_gates(organization_id, status, before_number, limit)
-- A page of gates with a status, or any for '', newest first.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate
WHERE organization_id = :organization_id AND number < :before_number AND (:status = '' OR status = :status)
ORDER BY number DESC
LIMIT :limit;

-- name: list_overdue_gates(organization_id, asked_until_us, asked_after_us, limit)
-- The gates that wait for a decision and were asked for until one time, or after another, the oldest first.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate
WHERE organization_id = :organization_id AND status = 'awaiting' AND asked_us <= :asked_until_us
UNION ALL
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate
WHERE organization_id = :organization_id AND status = 'awaiting' AND asked_us > :asked_after_us
ORDER BY asked_us
LIMIT :limit;

-- name: find_gate_asker(organization_id, credential_id)^
-- A credential, and where the app is reached that it stands for.
SELECT c.credential_id, a.links, c.kind, c.name
FROM credential AS c
LEFT JOIN connect_app AS a ON a.organization_id = c.organization_id AND a.credential_id = c.credential_id
WHERE c.organization_id = :organization_id AND c.credential_id = :credential_id;

-- name: take_gate_number(organization_id)!
-- Count one more gate; who else counts waits until this is over.
UPDATE organization SET gate_count = gate_count + 1 WHERE organization_id = :organization_id;

-- name: find_last_gate_number(organization_id)$
-- How many gates were counted.
SELECT gate_count FROM organization WHERE organization_id = :organization_id;

-- name: open_gate(organization_id, deployment_id, number, credential_id, subject, asked_us)!
-- Add a gate that waits for a decision.
INSERT INTO gate
    (organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason)
VALUES
    (:organization_id, :deployment_id, :number, :credential_id, :subject, 'awaiting', :asked_us, :asked_us, '');

-- name: decide_gate(organization_id, deployment_id, expected, status, changed_us, reason)!
-- Decide a gate, unless somebody did meanwhile.
UPDATE gate
SET status = :status, changed_us = :changed_us, reason = :reason
WHERE organization_id = :organization_id AND deployment_id = :deployment_id AND status = :expected;
