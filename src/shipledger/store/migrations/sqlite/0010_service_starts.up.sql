-- The start of the deployment, for names of services alone: what a service deployed is listed by its start.
ALTER TABLE deployment_alias ADD COLUMN started_us INTEGER;

UPDATE deployment_alias
SET started_us = (
    SELECT d.started_us
    FROM deployment AS d
    WHERE d.organization_id = deployment_alias.organization_id AND d.deployment_id = deployment_alias.deployment_id
)
WHERE scope = 'service';

CREATE INDEX deployment_alias_started ON deployment_alias
    (organization_id, scope, key, started_us DESC, deployment_id DESC)
    WHERE started_us IS NOT NULL;
