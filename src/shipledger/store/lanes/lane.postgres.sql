-- name: list_lanes(organization_id, keys)
-- What stands at the head of each lane of some keys, as ids: the last two that ran, one under way, one other.
-- One index seek for each environment and part, however many deployments there are.
WITH RECURSIVE place (lane_key, environment_key) AS (
    SELECT k.key, (
        SELECT f.environment_key
        FROM lane AS f
        WHERE f.organization_id = :organization_id AND f.lane_key = k.key
        ORDER BY f.environment_key
        LIMIT 1
    )
    FROM (SELECT value #>> '{}' AS key FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS e (value)) AS k
    UNION ALL
    SELECT p.lane_key, (
        SELECT n.environment_key
        FROM lane AS n
        WHERE n.organization_id = :organization_id AND n.lane_key = p.lane_key AND n.environment_key > p.environment_key
        ORDER BY n.environment_key
        LIMIT 1
    )
    FROM place AS p
    WHERE p.environment_key IS NOT NULL
)
SELECT
    p.environment_key,
    (
        SELECT json_agg(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = 'ran'
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT 2
        ) AS w
    ) AS ran,
    (
        SELECT json_agg(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = 'under_way'
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT 1
        ) AS w
    ) AS under_way,
    (
        SELECT json_agg(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = 'other'
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT 1
        ) AS w
    ) AS other
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.environment_key;
