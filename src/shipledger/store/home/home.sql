-- name: count_started(organization_id, from_us, until_us, limit)$
-- How many deployments started within a time, but no more than so many.
SELECT count(*)
FROM (
    SELECT d.deployment_id
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.merged_into IS NULL
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
    LIMIT :limit
) AS w;

-- name: count_started_in_state(organization_id, state, from_us, until_us, limit)$
-- The same of those in one state.
SELECT count(*)
FROM (
    SELECT d.deployment_id
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.merged_into IS NULL
        AND d.state = :state
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
    LIMIT :limit
) AS w;

-- name: list_open_incidents(organization_id, limit)$
-- The incidents that are not over, newest start first.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM incident AS i
    WHERE i.organization_id = :organization_id AND i.ended_us IS NULL
    ORDER BY i.started_us DESC, i.incident_id DESC
    LIMIT :limit
) AS w;

-- name: list_awaiting_gates(organization_id, limit)
-- The gates that wait for a decision, those that wait longest first.
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason,
       entered_status, document
FROM gate
WHERE organization_id = :organization_id AND status = 'awaiting'
ORDER BY asked_us, number
LIMIT :limit;

-- name: find_look(organization_id, person_id)^
-- When a person looked at an organization: since when they are shown what changed, and when they were there last.
SELECT since_us, seen_us FROM person_look WHERE organization_id = :organization_id AND person_id = :person_id;

-- name: save_look(organization_id, person_id, since_us, seen_us)!
-- Keep that, unless a later one is kept.
INSERT INTO person_look (organization_id, person_id, since_us, seen_us)
VALUES (:organization_id, :person_id, :since_us, :seen_us)
ON CONFLICT (organization_id, person_id) DO UPDATE
SET since_us = excluded.since_us, seen_us = excluded.seen_us
WHERE excluded.seen_us > person_look.seen_us;
