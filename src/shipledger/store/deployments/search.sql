-- name: list_deployments_by_alias(organization_id, scope, key, limit)$
-- The deployments that have a name which several may have, newest first.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND a.started_us IS NOT NULL
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_ids_of_issues(organization_id, keys, limit)
-- The newest deployments that name each of some issues, as ids.
SELECT k.value, (
        SELECT /* gather */(w.deployment_id)
        FROM (
            SELECT a.deployment_id
            FROM deployment_alias AS a
            WHERE a.organization_id = :organization_id AND a.scope = 'issue' AND a.key = k.value AND a.started_us IS NOT NULL
            ORDER BY a.started_us DESC, a.deployment_id DESC
            LIMIT :limit
        ) AS w
    )
FROM /* each_text(:keys, k) */
ORDER BY k.value;

-- name: list_deployments_by_alias_before(organization_id, scope, key, tier, environment_id, environment_keys, before_us, before_id, limit)$
-- A page of the deployments that have such a name, newest first.
SELECT /* documents */
FROM (
    SELECT d.document
    FROM deployment_alias AS a
    CROSS JOIN deployment AS d
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
        AND a.started_us IS NOT NULL
        AND a.started_us <= :before_us
        AND (a.started_us < :before_us OR a.deployment_id < :before_id)
        AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (NOT EXISTS (SELECT 1 FROM /* each(:environment_keys, e) */) OR d.environment_key IN /* texts(:environment_keys) */)
    ORDER BY a.started_us DESC, a.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_repositories_of_services(organization_id, service_ids)$
-- The repositories of some services, by their own name or by another one, without case.
SELECT /* gather */(m.repository_key)
FROM (
    SELECT r.repository_key
    FROM service_repository AS r
    WHERE r.organization_id = :organization_id AND r.service_id IN /* texts(:service_ids) */
    UNION
    SELECT a.name_key
    FROM service_repository AS r
    CROSS JOIN repository_link AS a /* by(repository_link_other) */
    WHERE r.organization_id = :organization_id
        AND r.service_id IN /* texts(:service_ids) */
        AND a.organization_id = r.organization_id
        AND a.other_key = r.repository_key
        AND /* counts_by_other_name */
) AS m;

-- name: walk_backwards_releases(organization_id, repository_key, environment_ids, started_from_us, ended_until_us, limit)$
-- Those that ended in time by their sender's clock though they started later by the same clock.
SELECT /* gather */(/* array */(w.started_us, w.deployment_id))
FROM (
    SELECT started_us, deployment_id
    FROM deployment_release
    WHERE organization_id = :organization_id
        AND repository_key = :repository_key
        AND is_repeat = 0
        AND ended_us < started_us
        AND started_us >= :started_from_us
        AND started_us > :ended_until_us
        AND ended_us <= :ended_until_us
        AND (NOT EXISTS (SELECT 1 FROM /* each(:environment_ids, e) */) OR environment_id IN /* texts(:environment_ids) */)
    ORDER BY started_us DESC, deployment_id
    LIMIT :limit
) AS w;

-- name: read_documents(organization_id, deployment_ids)$
-- Deployments by their ids, in no order.
SELECT /* documents */
FROM /* each_text(:deployment_ids, i) */
CROSS JOIN deployment AS w
WHERE w.organization_id = :organization_id AND w.deployment_id = i.value;
