-- name: find_service_by_name(organization_id, service, name_key)^
-- The service with an id, else a slug, else a name.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us
FROM service
WHERE organization_id = :organization_id AND (service_id = :service OR slug = :service OR name_key = :name_key)
ORDER BY CASE WHEN service_id = :service THEN 0 WHEN slug = :service THEN 1 ELSE 2 END
LIMIT 1;

-- name: list_services(organization_id, offset, limit)
-- A page of services by name.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us
FROM service
WHERE organization_id = :organization_id
ORDER BY name_key
LIMIT :limit OFFSET :offset;

-- name: list_services_after(organization_id, after_key, teams, limit)
-- A page of services by name, after a name without case; of some teams, if any are named.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us
FROM service
WHERE organization_id = :organization_id
    AND name_key > :after_key
    AND (NOT EXISTS (SELECT 1 FROM /* each(:teams, e) */) OR team_id IN /* texts(:teams) */)
ORDER BY name_key
LIMIT :limit;

-- name: list_service_ids_of_teams(organization_id, teams)
-- The services of some teams.
SELECT service_id FROM service WHERE organization_id = :organization_id AND team_id IN /* texts(:teams) */ ORDER BY service_id;

-- name: list_former_services(organization_id)
-- The services that no entry declares: a version before entries wrote them.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us
FROM service
WHERE organization_id = :organization_id AND version = 0
ORDER BY service_id;

-- name: list_teams(organization_id)
-- The team of every service that has one, by the service's name without case.
SELECT name_key, team_id
FROM service
WHERE organization_id = :organization_id AND team_id <> '';

-- name: list_team_ids(organization_id)
-- Each team that a service has, once.
SELECT DISTINCT team_id
FROM service
WHERE organization_id = :organization_id AND team_id <> '';

-- name: count_services(organization_id)$
-- How many services there are.
SELECT count(*) FROM service WHERE organization_id = :organization_id;

-- name: list_mappings(organization_id)
-- Every service with its repositories, and the other name by which one belongs to it, '' where it is mapped itself.
SELECT o.service_id, o.repository, o.repository_key, ''
FROM service_repository AS o
WHERE o.organization_id = :organization_id
UNION ALL
SELECT r.service_id, a.name, a.name_key, min(r.repository)
FROM repository_link AS a
JOIN service_repository AS r ON r.organization_id = a.organization_id AND r.repository_key = a.other_key
WHERE a.organization_id = :organization_id
    AND /* counts_by_other_name */
    AND NOT EXISTS (
        SELECT 1
        FROM service_repository AS m
        WHERE m.organization_id = :organization_id AND m.service_id = r.service_id AND m.repository_key = a.name_key
    )
GROUP BY r.service_id, a.name, a.name_key
ORDER BY 1, 3;

-- name: is_mapped_by_guess(organization_id, service_id, repository_key)$
-- Gives 1 when a repository belongs to a service by a name that it may have had before.
SELECT 1
FROM repository_link AS a
JOIN service_repository AS r ON r.organization_id = a.organization_id AND r.repository_key = a.other_key
WHERE a.organization_id = :organization_id
    AND a.name_key = :repository_key
    AND a.is_guess = 1
    AND r.service_id = :service_id;

-- name: list_service_relations(organization_id)
-- Relations between services that exist, by service, kind and other service: the id of a merged one means what it is now.
SELECT DISTINCT r.service_id, r.kind, coalesce(s.service_id, a.service_id)
FROM service_relation AS r
LEFT JOIN service AS s ON s.organization_id = r.organization_id AND s.service_id = r.other_id
LEFT JOIN service_alias AS a ON a.organization_id = r.organization_id AND a.scope = 'further' AND a.key = r.other_id
WHERE r.organization_id = :organization_id AND coalesce(s.service_id, a.service_id) <> r.service_id
ORDER BY 1, 2, 3;

-- name: list_related_services(organization_id, service_id, limit)
-- The services that one has to do with: the kind, 1 where the relation is its own, the other service, and how many there are in all.
SELECT f.kind, f.is_own, s.service_id, s.slug, s.name, count(*) OVER ()
FROM (
    SELECT r.kind, 1 AS is_own, coalesce(o.service_id, a.service_id) AS related_id
    FROM service_relation AS r
    LEFT JOIN service AS o ON o.organization_id = r.organization_id AND o.service_id = r.other_id
    LEFT JOIN service_alias AS a ON a.organization_id = r.organization_id AND a.scope = 'further' AND a.key = r.other_id
    WHERE r.organization_id = :organization_id AND r.service_id = :service_id
    UNION
    SELECT r.kind, 0, r.service_id
    FROM service_relation AS r
    LEFT JOIN service_alias AS a ON a.organization_id = r.organization_id AND a.scope = 'further' AND a.key = r.other_id
    WHERE r.organization_id = :organization_id AND (r.other_id = :service_id OR a.service_id = :service_id)
) AS f
JOIN service AS s ON s.organization_id = :organization_id AND s.service_id = f.related_id
WHERE f.related_id <> :service_id
ORDER BY f.is_own DESC, f.kind DESC, s.name_key, s.service_id
LIMIT :limit;

-- name: list_ids_of_relation(organization_id, service_id, kind, other_id)
-- The ids under which a service has a relation to another one: that of the other, and of services that were merged into it.
SELECT r.other_id
FROM service_relation AS r
WHERE r.organization_id = :organization_id
    AND r.service_id = :service_id
    AND r.kind = :kind
    AND (
        r.other_id = :other_id
        OR EXISTS (
            SELECT 1
            FROM service_alias AS a
            WHERE a.organization_id = r.organization_id AND a.scope = 'further' AND a.key = r.other_id AND a.service_id = :other_id
        )
    )
ORDER BY r.other_id;

-- name: list_service_names(organization_id)
-- Further names of all services, by service and name.
SELECT service_id, name
FROM service_name
WHERE organization_id = :organization_id
ORDER BY service_id, name_key;
