-- The start of the deployment, for names of services alone: what a service deployed is listed by its start.
-- No PostgreSQL database was made before this revision, so there is nothing to fill.
ALTER TABLE deployment_alias ADD COLUMN started_us BIGINT;

CREATE INDEX deployment_alias_started ON deployment_alias
    (organization_id, scope, key, started_us DESC, deployment_id DESC)
    WHERE started_us IS NOT NULL;
