-- name: find_named_services(organization_id, names)
-- For each of the names, as written and without case, the service that has it as id, slug, name or further name.
SELECT w.value ->> 0, s.service_id
FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)
JOIN service AS s ON s.organization_id = :organization_id AND s.service_id = w.value ->> 0
UNION
SELECT w.value ->> 0, s.service_id
FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)
JOIN service AS s ON s.organization_id = :organization_id AND s.slug = w.value ->> 1
UNION
SELECT w.value ->> 0, s.service_id
FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)
JOIN service AS s ON s.organization_id = :organization_id AND s.name_key = w.value ->> 1
UNION
SELECT w.value ->> 0, n.service_id
FROM jsonb_array_elements(CAST(:names AS jsonb)) AS w (value)
JOIN service_name AS n ON n.organization_id = :organization_id AND n.name_key = w.value ->> 1;

-- name: find_services_of_repositories(organization_id, keys)
-- The names of the services that some repositories belong to, by their own name or by the one that they had before.
SELECT DISTINCT s.name
FROM (
    SELECT r.service_id
    FROM service_repository AS r
    WHERE r.organization_id = :organization_id
        AND r.repository_key IN (SELECT jsonb_array_elements_text(CAST(:keys AS jsonb)))
    UNION
    SELECT r.service_id
    FROM repository_alias AS a
    JOIN service_repository AS r ON r.organization_id = a.organization_id AND r.repository_key = a.former_key
    WHERE a.organization_id = :organization_id
        AND a.repository_key IN (SELECT jsonb_array_elements_text(CAST(:keys AS jsonb)))
        AND a.is_followed = 1
        AND NOT EXISTS (
            SELECT 1
            FROM service_repository AS own
            WHERE own.organization_id = :organization_id AND own.repository_key = a.repository_key
        )
) AS m
JOIN service AS s ON s.organization_id = :organization_id AND s.service_id = m.service_id
ORDER BY s.name;
