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

-- name: list_services_after(organization_id, after_key, limit)
-- A page of services by name, after a name without case.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us
FROM service
WHERE organization_id = :organization_id AND name_key > :after_key
ORDER BY name_key
LIMIT :limit;

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

-- name: count_services(organization_id)$
-- How many services there are.
SELECT count(*) FROM service WHERE organization_id = :organization_id;

-- name: list_mappings(organization_id)
-- Every service with its repositories, and the name before by which one belongs to it, '' where it is mapped itself.
SELECT service_id, repository, repository_key, ''
FROM service_repository
WHERE organization_id = :organization_id
UNION ALL
SELECT r.service_id, a.repository, a.repository_key, r.repository
FROM repository_alias AS a
JOIN service_repository AS r ON r.organization_id = a.organization_id AND r.repository_key = a.former_key
WHERE a.organization_id = :organization_id
    AND /* follows_former_name */
ORDER BY 1, 3;

-- name: list_former_names(organization_id)
-- What repositories were called before.
SELECT repository_key, repository, former_key, is_followed
FROM repository_alias
WHERE organization_id = :organization_id
ORDER BY repository_key;

-- name: add_repository_alias(organization_id, repository_key, repository, former_key)!
-- Remember under which name a repository was recorded before, unless it is remembered.
INSERT INTO repository_alias (organization_id, repository_key, repository, former_key)
VALUES (:organization_id, :repository_key, :repository, :former_key)
ON CONFLICT (organization_id, repository_key) DO NOTHING;

-- name: leave_repository_alias(organization_id, repository_key)!
-- No longer follow the name before of a repository: somebody has said what it belongs to.
UPDATE repository_alias
SET is_followed = 0
WHERE organization_id = :organization_id AND repository_key = :repository_key AND is_followed = 1;

-- name: is_mapped_by_alias(organization_id, service_id, repository_key)$
-- Gives 1 when a repository belongs to a service by the name that it had before.
SELECT 1
FROM repository_alias AS a
JOIN service_repository AS r ON r.organization_id = a.organization_id AND r.repository_key = a.former_key
WHERE a.organization_id = :organization_id
    AND a.repository_key = :repository_key
    AND a.is_followed = 1
    AND r.service_id = :service_id;

-- name: list_service_relations(organization_id)
-- Relations between services that exist, by service, kind and other service.
SELECT r.service_id, r.kind, r.other_id
FROM service_relation AS r
JOIN service AS s ON s.organization_id = r.organization_id AND s.service_id = r.other_id
WHERE r.organization_id = :organization_id
ORDER BY r.service_id, r.kind, r.other_id;

-- name: list_service_names(organization_id)
-- Further names of all services, by service and name.
SELECT service_id, name
FROM service_name
WHERE organization_id = :organization_id
ORDER BY service_id, name_key;
