-- What organizations take for known as it is now.
DELETE FROM association_rules;
INSERT INTO association_rules (organization_id, mode, projects, only_registered_services)
SELECT
    organization_id,
    CAST(document AS jsonb) #>> '{values,issue_mode,value}',
    coalesce(
        (
            SELECT string_agg(p.value, ' ')
            FROM jsonb_array_elements_text(CAST(document AS jsonb) #> '{values,issue_projects,value}') AS p (value)
        ),
        ''
    ),
    CASE WHEN CAST(document AS jsonb) #>> '{values,known_services,value}' = 'registered' THEN 1 ELSE 0 END
FROM setting
WHERE setting_id = 'organization';

DROP TABLE setting_alias;
DROP TABLE setting;
DROP TABLE setting_entry;

-- The version before writes these without entries: the next upgrade must look for them.
UPDATE projection_rules SET revision = 1;
