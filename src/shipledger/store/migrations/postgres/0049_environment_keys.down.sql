DROP INDEX deployment_environment_called;
ALTER TABLE deployment DROP COLUMN environment_key;
CREATE INDEX deployment_environment_called ON deployment
    (organization_id, lower(environment_name), started_us DESC, deployment_id DESC)
    WHERE environment_name IS NOT NULL;
