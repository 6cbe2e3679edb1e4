UPDATE repository_alias
SET is_followed = 0
WHERE NOT EXISTS (
    SELECT 1
    FROM repository_link AS l
    WHERE l.organization_id = repository_alias.organization_id
        AND l.name_key = repository_alias.repository_key
        AND l.other_key = repository_alias.former_key
);
INSERT INTO repository_alias (organization_id, repository_key, repository, former_key)
SELECT organization_id, name_key, name, min(other_key)
FROM repository_link
WHERE is_guess = 1
GROUP BY organization_id, name_key, name
ON CONFLICT (organization_id, repository_key) DO NOTHING;
DROP TABLE repository_link;
DROP TABLE repository_name;
DROP TABLE named_repository;
DROP TABLE repository_entry;

-- The version before writes these without entries: the next upgrade must look for them.
UPDATE projection_rules SET revision = 1;
