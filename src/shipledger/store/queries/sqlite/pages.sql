-- name: list_deployments(organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_in_state(organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments in one state.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND d.state = :state
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_in_tier(organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments in one tier.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND d.tier = :tier
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_in_environment(organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments in one environment.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND (:tier = '' OR d.tier = :tier)
        AND d.environment_id = :environment_id
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_from_source(organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments from one source.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND d.source = :source
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_of_repository(repository_key, organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments of one repository.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment_release AS r
    CROSS JOIN deployment AS d
    WHERE d.organization_id = r.organization_id
        AND d.deployment_id = r.deployment_id
        AND r.organization_id = :organization_id
        AND r.repository_key = :repository_key
        AND r.is_repeat = 0
        AND r.started_us >= :from_us
        AND r.started_us <= :before_us
        AND (r.started_us < :before_us OR r.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY r.started_us DESC, r.deployment_id DESC
    LIMIT :limit
) AS w;

-- name: list_deployments_of_service_name(service_id, organization_id, state, tier, environment_id, source, pattern, from_us, before_us, before_id, limit)$
-- A page of deployments whose senders named a service, by its id, its slug or any of its names.
SELECT '[' || group_concat(w.document, ',' || char(10)) || ']'
FROM (
    SELECT d.document
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
        AND d.deployment_id IN (
            SELECT a.deployment_id
            FROM (
                SELECT s.name_key AS name
                FROM service AS s
                WHERE s.organization_id = :organization_id AND s.service_id = :service_id
                UNION ALL
                SELECT s.slug
                FROM service AS s
                WHERE s.organization_id = :organization_id AND s.service_id = :service_id
                UNION ALL
                SELECT n.name_key
                FROM service_name AS n
                WHERE n.organization_id = :organization_id AND n.service_id = :service_id
                UNION ALL
                SELECT :service_id
            ) AS k
            CROSS JOIN deployment_alias AS a
            WHERE a.organization_id = :organization_id
                AND a.scope = 'service'
                AND a.key = k.name
        )
        AND d.started_us >= :from_us
        AND d.started_us <= :before_us
        AND (d.started_us < :before_us OR d.deployment_id < :before_id)
        AND (:state = '' OR d.state = :state)
        AND (:tier = '' OR d.tier = :tier)
        AND (:environment_id = '' OR d.environment_id = :environment_id)
        AND (:source = '' OR d.source = :source)
        AND (:pattern = '' OR d.search LIKE :pattern ESCAPE '\')
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :limit
) AS w;
