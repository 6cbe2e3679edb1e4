-- name: find_receipt(organization_id, receipt_id)^
-- A receipt with the name of its credential and its verdicts.
SELECT
    r.organization_id, r.receipt_id, r.credential_id, r.protocol, r.operation, r.parameters, r.body, r.accepted_us,
    r.attempts, r.state, r.settled_us, r.failure,
    /* verdicts_of_receipt */,
    coalesce(c.name, '')
FROM receipt AS r
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE r.organization_id = :organization_id AND r.receipt_id = :receipt_id;

-- name: find_settlement(organization_id, receipt_id)^
-- What became of a receipt, without its body.
SELECT
    r.receipt_id, r.protocol, r.operation, r.state, r.accepted_us, r.settled_us, r.failure,
    /* verdicts_of_receipt */,
    r.credential_id
FROM receipt AS r
WHERE r.organization_id = :organization_id AND r.receipt_id = :receipt_id;

-- name: list_receipts(organization_id, state, from_id, before_id, from_us, until_us, limit)
-- A page of receipts in any state or settled, newest first.
SELECT
    r.organization_id, r.receipt_id, r.credential_id, r.protocol, r.operation, r.parameters, r.body, r.accepted_us,
    r.attempts, r.state, r.settled_us, r.failure,
    /* verdicts_of_receipt */,
    coalesce(c.name, '')
FROM receipt AS r
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE r.organization_id = :organization_id
    AND (:state = '' OR r.state = :state)
    AND r.receipt_id >= :from_id
    AND (:before_id = '' OR r.receipt_id < :before_id)
    AND r.accepted_us >= :from_us
    AND r.accepted_us <= :until_us
ORDER BY r.receipt_id DESC
LIMIT :limit;

-- name: list_unsettled_receipts(organization_id, state, from_id, before_id, from_us, until_us, limit)
-- A page of the few receipts that are pending or quarantined, newest first.
SELECT
    r.organization_id, r.receipt_id, r.credential_id, r.protocol, r.operation, r.parameters, r.body, r.accepted_us,
    r.attempts, r.state, r.settled_us, r.failure, NULL, coalesce(c.name, '')
FROM receipt AS r /* by(receipt_unsettled) */
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE r.organization_id = :organization_id
    AND r.state <> 'settled'
    AND r.state = :state
    AND r.receipt_id >= :from_id
    AND (:before_id = '' OR r.receipt_id < :before_id)
    AND r.accepted_us >= :from_us
    AND r.accepted_us <= :until_us
ORDER BY r.receipt_id DESC
LIMIT :limit;

-- name: list_verdicts(organization_id, deployment_id)
-- The verdicts on all writes that concerned a deployment, oldest first.
SELECT v.receipt_id, v.item, r.protocol, r.operation, r.parameters, r.credential_id, coalesce(c.name, ''), r.accepted_us, v.settled_us,
       v.kind, v.deployment_id, v.reason, v.sentence, v.subject
FROM verdict AS v /* by(verdict_deployment) */
JOIN receipt AS r ON r.organization_id = v.organization_id AND r.receipt_id = v.receipt_id
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE v.organization_id = :organization_id AND v.deployment_id = :deployment_id
ORDER BY v.receipt_id, v.item;

-- name: read_receipts()
-- All receipts with the names of their credentials and their verdicts.
SELECT
    r.organization_id, r.receipt_id, r.credential_id, r.protocol, r.operation, r.parameters, r.body, r.accepted_us,
    r.attempts, r.state, r.settled_us, r.failure,
    /* verdicts_of_receipt */,
    coalesce(c.name, ''), r.digest, r.translation
FROM receipt AS r
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id;
