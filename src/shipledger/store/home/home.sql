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

-- name: list_last_failures(organization_id, from_us, until_us, limit)$
-- The deployments that failed within a time and that nothing has followed, newest start first.
-- Followed: something else ended after it in each of its lanes. A few index seeks for each that failed.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.merged_into IS NULL
        AND d.state = 'failed'
        AND d.started_us >= :from_us
        AND d.started_us <= :until_us
        AND (
            NOT EXISTS (
                SELECT 1
                FROM lane AS n
                WHERE n.organization_id = d.organization_id AND n.deployment_id = d.deployment_id
            )
            OR EXISTS (
                SELECT 1
                FROM lane AS l
                WHERE l.organization_id = d.organization_id
                    AND l.deployment_id = d.deployment_id
                    AND NOT EXISTS (
                        SELECT 1
                        FROM lane AS a
                        WHERE a.organization_id = l.organization_id
                            AND a.lane_key = l.lane_key
                            AND a.environment_key = l.environment_key
                            AND a.part = 'ran'
                            AND (a.at_us, a.placed_us, a.sequence, a.sender_id, a.deployment_id)
                            > (l.at_us, l.placed_us, l.sequence, l.sender_id, l.deployment_id)
                    )
                    AND NOT EXISTS (
                        SELECT 1
                        FROM lane AS a
                        WHERE a.organization_id = l.organization_id
                            AND a.lane_key = l.lane_key
                            AND a.environment_key = l.environment_key
                            AND a.part = 'other'
                            AND (a.at_us, a.placed_us, a.sequence, a.sender_id, a.deployment_id)
                            > (l.at_us, l.placed_us, l.sequence, l.sender_id, l.deployment_id)
                    )
            )
        )
    ORDER BY d.started_us DESC, d.deployment_id DESC
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
