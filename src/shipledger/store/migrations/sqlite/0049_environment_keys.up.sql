-- The name of an environment as it compares. The rebuild that this version asks for writes those with other letters than a to z.
ALTER TABLE deployment ADD COLUMN environment_key TEXT;
UPDATE deployment SET environment_key = lower(trim(environment_name)) WHERE environment_name IS NOT NULL;

DROP INDEX deployment_environment_called;
CREATE INDEX deployment_environment_called ON deployment
    (organization_id, environment_key, started_us DESC, deployment_id DESC)
    WHERE environment_key IS NOT NULL;
