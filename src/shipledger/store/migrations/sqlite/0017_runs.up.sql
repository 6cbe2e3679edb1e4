-- Names that the runs of one deployment share carry the start, too: the run that started last is meant by them.
UPDATE deployment_alias
SET started_us = (
    SELECT d.started_us
    FROM deployment AS d
    WHERE d.organization_id = deployment_alias.organization_id AND d.deployment_id = deployment_alias.deployment_id
)
WHERE scope LIKE '%_external' OR scope LIKE '%_id' OR scope LIKE '%_repeat';
