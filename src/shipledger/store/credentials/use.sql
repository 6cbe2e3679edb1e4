-- name: add_use(organization_id, credential_id, hour_us, seen_us, address, requests, refused, last_refusal, ahead_ms)!
-- Add to the counts of an hour of a credential, if it is still there.
INSERT INTO credential_use
    (organization_id, credential_id, hour_us, seen_us, address, requests, refused, last_refusal, ahead_ms)
SELECT :organization_id, :credential_id, :hour_us, :seen_us, :address, :requests, :refused, :last_refusal, :ahead_ms
FROM credential AS c
WHERE c.organization_id = :organization_id AND c.credential_id = :credential_id
ON CONFLICT (organization_id, credential_id, hour_us) DO UPDATE
SET requests = credential_use.requests + excluded.requests,
    refused = credential_use.refused + excluded.refused,
    last_refusal = CASE WHEN excluded.last_refusal > 0 THEN excluded.last_refusal ELSE credential_use.last_refusal END,
    ahead_ms = CASE WHEN excluded.ahead_ms > credential_use.ahead_ms THEN excluded.ahead_ms ELSE credential_use.ahead_ms END,
    address = CASE WHEN excluded.seen_us >= credential_use.seen_us AND excluded.address <> '' THEN excluded.address ELSE credential_use.address END,
    seen_us = CASE WHEN excluded.seen_us >= credential_use.seen_us THEN excluded.seen_us ELSE credential_use.seen_us END;

-- name: list_uses(organization_id, day_us, week_us)
-- What is known of the use of each credential of an organization, with the last hour of each.
SELECT s.credential_id, l.seen_us, l.address, s.in_day, s.refused_in_day, s.in_week, s.refused_in_week, l.last_refusal, s.ahead_ms
FROM (
    SELECT organization_id, credential_id, MAX(hour_us) AS hour_us,
        CAST(SUM(CASE WHEN hour_us > :day_us THEN requests ELSE 0 END) AS BIGINT) AS in_day,
        CAST(SUM(CASE WHEN hour_us > :day_us THEN refused ELSE 0 END) AS BIGINT) AS refused_in_day,
        CAST(SUM(CASE WHEN hour_us > :week_us THEN requests ELSE 0 END) AS BIGINT) AS in_week,
        CAST(SUM(CASE WHEN hour_us > :week_us THEN refused ELSE 0 END) AS BIGINT) AS refused_in_week,
        MAX(CASE WHEN hour_us > :day_us THEN ahead_ms ELSE 0 END) AS ahead_ms
    FROM credential_use
    WHERE organization_id = :organization_id
    GROUP BY organization_id, credential_id
) AS s
JOIN credential_use AS l
    ON l.organization_id = s.organization_id AND l.credential_id = s.credential_id AND l.hour_us = s.hour_us
WHERE l.organization_id = :organization_id;

-- name: forget_old_uses(hour_us)!
-- Forget old hours, but for the last one of each credential.
DELETE FROM credential_use
WHERE hour_us < :hour_us
    AND EXISTS (
        SELECT 1 FROM credential_use AS later
        WHERE later.organization_id = credential_use.organization_id
            AND later.credential_id = credential_use.credential_id
            AND later.hour_us > credential_use.hour_us
    );
