-- name: list_lanes(organization_id, keys)
-- What stands at the head of each lane of some keys, as ids: the last two that ran, one under way, one other.
-- One index seek for each environment and part, however many deployments there are.
WITH RECURSIVE place (lane_key, environment_key) AS (
    SELECT k.value, (
        SELECT f.environment_key
        FROM lane AS f
        WHERE f.organization_id = :organization_id AND f.lane_key = k.value
        ORDER BY f.environment_key
        LIMIT 1
    )
    FROM /* each_text(:keys, k) */
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
    /* head_of_lane(ran, 2) */ AS ran,
    /* head_of_lane(under_way, 1) */ AS under_way,
    /* head_of_lane(other, 1) */ AS other
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.environment_key;
