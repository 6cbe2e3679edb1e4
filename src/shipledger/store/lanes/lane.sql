-- name: list_lanes(organization_id, keys)
-- What stands at the head of each lane of some keys, as ids: the last two that ran, one under way, one other.
-- One index seek for each environment and part, however many deployments there are.
WITH RECURSIVE /* places_of_lanes */
SELECT
    p.environment_key,
    /* head_of_lane(ran, 2) */ AS ran,
    /* head_of_lane(under_way, 1) */ AS under_way,
    /* head_of_lane(other, 1) */ AS other
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.environment_key;

-- name: list_neighbours(organization_id, keys, at_us, placed_us, sequence, sender_id, deployment_id)
-- What stands next to a place in each lane of some keys, as ids. One index seek for each environment, part and side.
WITH RECURSIVE /* places_of_lanes */
SELECT
    p.environment_key,
    /* next_in_lane(ran, <, DESC) */ AS ran_before,
    /* next_in_lane(under_way, <, DESC) */ AS under_way_before,
    /* next_in_lane(other, <, DESC) */ AS other_before,
    /* next_in_lane(ran, >, ASC) */ AS ran_after,
    /* next_in_lane(under_way, >, ASC) */ AS under_way_after,
    /* next_in_lane(other, >, ASC) */ AS other_after
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.environment_key;

-- name: list_lane_keys(organization_id, service_ids)
-- What senders may call some services, as names compare, and their repositories: service, which of both, key.
SELECT s.service_id, 'name' AS kind, s.name_key AS called
FROM service AS s
WHERE s.organization_id = :organization_id AND s.service_id IN /* texts(:service_ids) */
UNION
SELECT s.service_id, 'name', s.slug
FROM service AS s
WHERE s.organization_id = :organization_id AND s.service_id IN /* texts(:service_ids) */
UNION
SELECT n.service_id, 'name', n.name_key
FROM service_name AS n
WHERE n.organization_id = :organization_id AND n.service_id IN /* texts(:service_ids) */
UNION
SELECT r.service_id, 'repository', r.repository_key
FROM service_repository AS r
WHERE r.organization_id = :organization_id AND r.service_id IN /* texts(:service_ids) */
UNION
SELECT r.service_id, 'repository', a.name_key
FROM service_repository AS r
CROSS JOIN repository_link AS a /* by(repository_link_other) */
WHERE r.organization_id = :organization_id
    AND r.service_id IN /* texts(:service_ids) */
    AND a.organization_id = r.organization_id
    AND a.other_key = r.repository_key
    AND /* counts_by_other_name */;

-- name: list_lane_places(organization_id, keys)
-- The environments of each lane of some keys.
WITH RECURSIVE /* places_of_lanes */
SELECT p.lane_key, p.environment_key
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.lane_key, p.environment_key;

-- name: list_service_ids(organization_id)
-- The ids of all services.
SELECT service_id FROM service WHERE organization_id = :organization_id ORDER BY service_id;

-- name: list_running(organization_id, keys, at_us, until_us)
-- What ran at a moment in each lane of some keys, and what had run before it, as ids; the lane by its key and environment.
WITH RECURSIVE /* places_of_lanes */
SELECT
    p.lane_key,
    p.environment_key,
    (
        SELECT /* gather */(w.deployment_id)
        FROM (
            SELECT l.deployment_id
            FROM lane AS l
            WHERE l.organization_id = :organization_id
                AND l.lane_key = p.lane_key
                AND l.environment_key = p.environment_key
                AND l.part = 'ran'
                AND l.at_us <= :at_us
                AND l.until_us > :until_us
            ORDER BY l.at_us DESC, l.placed_us DESC, l.sequence DESC, l.sender_id DESC, l.deployment_id DESC
            LIMIT 2
        ) AS w
    ) AS ran
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.lane_key, p.environment_key;

-- name: list_standings(organization_id, keys, at_us, until_us)
-- What stands at the head of each lane of some keys, with its place: the last two that ran by a moment, one under way, one other.
WITH RECURSIVE /* places_of_lanes */
SELECT
    p.lane_key,
    p.environment_key,
    /* standing_in_lane(ran, 2) */ AS ran,
    /* standing_in_lane(under_way, 1) */ AS under_way,
    /* standing_in_lane(other, 1) */ AS other
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.lane_key, p.environment_key;

-- name: list_standings_unchanged(organization_id, keys, at_us, until_us, as_of_us)
-- What stands at the head of each lane of some keys, as ids, among those deployments of which nothing was recorded after a moment.
WITH RECURSIVE /* places_of_lanes */
SELECT
    p.lane_key,
    p.environment_key,
    /* unchanged_in_lane(ran, 2) */ AS ran,
    /* unchanged_in_lane(under_way, 1) */ AS under_way,
    /* unchanged_in_lane(other, 1) */ AS other
FROM place AS p
WHERE p.environment_key IS NOT NULL
ORDER BY p.lane_key, p.environment_key;

-- name: list_changed_deployments(organization_id, as_of_us, limit)
-- The deployments that were known at a moment and of which something was recorded after it.
SELECT DISTINCT e.deployment_id
FROM entry AS e
WHERE e.organization_id = :organization_id
    AND e.version > 1
    AND e.recorded_us > :as_of_us
    AND EXISTS (
        SELECT 1
        FROM entry AS f
        WHERE f.organization_id = e.organization_id
            AND f.deployment_id = e.deployment_id
            AND f.version = 1
            AND f.recorded_us <= :as_of_us
    )
LIMIT :limit;
