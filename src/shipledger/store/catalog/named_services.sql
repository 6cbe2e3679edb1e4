-- name: find_named_services(organization_id, names)
-- For each of the names, as written and without case, the service that has it as id, slug, name or further name.
SELECT w.value ->> 0, s.service_id
FROM /* each(:names, w) */
CROSS JOIN service AS s
WHERE s.organization_id = :organization_id AND s.service_id = w.value ->> 0
UNION
SELECT w.value ->> 0, s.service_id
FROM /* each(:names, w) */
CROSS JOIN service AS s
WHERE s.organization_id = :organization_id AND s.slug = w.value ->> 1
UNION
SELECT w.value ->> 0, s.service_id
FROM /* each(:names, w) */
CROSS JOIN service AS s
WHERE s.organization_id = :organization_id AND s.name_key = w.value ->> 1
UNION
SELECT w.value ->> 0, n.service_id
FROM /* each(:names, w) */
CROSS JOIN service_name AS n
WHERE n.organization_id = :organization_id AND n.name_key = w.value ->> 1;

-- name: find_services_of_repositories(organization_id, keys)
-- The names of the services that some repositories belong to, by their own name or by another one.
SELECT DISTINCT s.name
FROM (
    SELECT r.service_id
    FROM /* each_text(:keys, w) */
    CROSS JOIN service_repository AS r
    WHERE r.organization_id = :organization_id AND r.repository_key = w.value
    UNION
    SELECT r.service_id
    FROM /* each_text(:keys, w) */
    CROSS JOIN repository_link AS a
    CROSS JOIN service_repository AS r
    WHERE a.organization_id = :organization_id
        AND a.name_key = w.value
        AND r.organization_id = a.organization_id
        AND r.repository_key = a.other_key
        AND /* counts_by_other_name */
) AS m
CROSS JOIN service AS s
WHERE s.organization_id = :organization_id AND s.service_id = m.service_id
ORDER BY s.name;
