-- name: list_stretches_started(organization_id, from_us, until_us, tier, environment_keys, environment_id, limit)
-- Deployments that started within a time: those that started last.
SELECT /* columns_of_stretch */
FROM deployment AS d
WHERE d.organization_id = :organization_id
    AND d.merged_into IS NULL
    AND d.started_us >= :from_us
    AND d.started_us <= :until_us
    AND /* is_wanted_stretch */
ORDER BY d.started_us DESC, d.deployment_id DESC
LIMIT :limit;

-- name: list_long_stretches(organization_id, from_us, before_us, tier, environment_keys, environment_id, limit)
-- Deployments that took more than an hour, started before a time and ended after another.
SELECT /* columns_of_stretch */
FROM deployment AS d /* by(deployment_long) */
WHERE d.organization_id = :organization_id
    AND d.merged_into IS NULL
    AND d.ended_us >= :from_us
    AND d.ended_us - d.started_us > 3600000000
    AND d.started_us > -2305843009213693952
    AND d.started_us < :before_us
    AND /* is_wanted_stretch */
ORDER BY d.ended_us
LIMIT :limit;

-- name: list_stretches_under_way(organization_id, state, before_us, tier, environment_keys, environment_id, limit)
-- Deployments that are in a state and started before a time: those that started last.
SELECT /* columns_of_stretch */
FROM deployment AS d
WHERE d.organization_id = :organization_id
    AND d.merged_into IS NULL
    AND d.state = :state
    AND d.started_us > -2305843009213693952
    AND d.started_us < :before_us
    AND /* is_wanted_stretch */
ORDER BY d.started_us DESC, d.deployment_id DESC
LIMIT :limit;

-- name: list_ids_in_lanes(organization_id, keys, from_us, until_us, limit)
-- Deployments in some lanes that were under way within a time: those that still are, then those that ended last.
SELECT m.deployment_id
FROM /* each_text(:keys, k) */
CROSS JOIN lane AS m
WHERE m.organization_id = :organization_id
    AND m.lane_key = k.value
    AND m.placed_us <= :until_us
    AND (m.at_us >= :from_us OR m.part = 'under_way')
GROUP BY m.deployment_id
ORDER BY max(CASE WHEN m.part = 'under_way' THEN 1 ELSE 0 END) DESC, max(m.at_us) DESC, m.deployment_id
LIMIT :limit;

-- name: read_stretches(organization_id, deployment_ids, until_us, tier, environment_keys, environment_id)
-- Those of some deployments that started until a time.
SELECT /* columns_of_stretch */
FROM /* each_text(:deployment_ids, i) */
CROSS JOIN deployment AS d
WHERE d.organization_id = :organization_id
    AND d.deployment_id = i.value
    AND d.merged_into IS NULL
    AND d.started_us > -2305843009213693952
    AND d.started_us <= :until_us
    AND /* is_wanted_stretch */;

-- name: list_incidents_begun(organization_id, from_us, until_us, limit)$
-- Incidents that began within a time: those that began last.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM incident AS i
    WHERE i.organization_id = :organization_id AND i.started_us >= :from_us AND i.started_us <= :until_us
    ORDER BY i.started_us DESC, i.incident_id DESC
    LIMIT :limit
) AS w;

-- name: list_incidents_lasting(organization_id, from_us, limit)$
-- Incidents that began before a time and ended after it.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM incident AS i /* by(incident_ended) */
    WHERE i.organization_id = :organization_id AND i.ended_us >= :from_us AND i.started_us < :from_us
    ORDER BY i.ended_us
    LIMIT :limit
) AS w;
