-- name: list_repository_names(organization_id)
-- Every repository that has or had another name: its id, its present name, and each name.
SELECT r.repository_id, r.name, l.name
FROM named_repository AS r
JOIN repository_link AS l ON l.organization_id = r.organization_id AND l.repository_id = r.repository_id AND l.is_guess = 0
WHERE r.organization_id = :organization_id
GROUP BY r.repository_id, r.name, l.name
ORDER BY r.name, l.name;

-- name: list_other_names(organization_id, repository_key)
-- The other names of a repository.
SELECT other_key
FROM repository_link
WHERE organization_id = :organization_id AND name_key = :repository_key AND is_guess = 0
ORDER BY other_key;

-- name: list_former_repositories(organization_id)
-- The repositories that no entry names: their ids and names, the name that each may have had, and whether that counts.
SELECT a.organization_id, a.repository_key, a.repository, a.former_key, a.is_followed
FROM named_repository AS r
JOIN repository_alias AS a ON a.organization_id = r.organization_id AND a.repository_key = r.repository_id
WHERE r.organization_id = :organization_id AND r.version = 0
ORDER BY a.repository_key;
