-- What organizations take for known as it is now.
DELETE FROM association_rules;
INSERT INTO association_rules (organization_id, mode, projects, only_registered_services)
SELECT
    organization_id,
    document ->> '$.values.issue_mode.value',
    coalesce(
        (
            SELECT group_concat(p.value, ' ')
            FROM json_each(document, '$.values.issue_projects.value') AS p
        ),
        ''
    ),
    coalesce(document ->> '$.values.known_services.value', '') = 'registered'
FROM setting
WHERE setting_id = 'organization';

DROP TABLE setting_alias;
DROP TABLE setting;
DROP TABLE setting_entry;

-- The version before writes these without entries: the next upgrade must look for them.
UPDATE projection_rules SET revision = 1;
