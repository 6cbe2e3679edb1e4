DROP INDEX deployment_environment_name;
CREATE INDEX deployment_environment_name ON deployment (organization_id, environment_id, environment_name, tier);
ALTER TABLE deployment DROP COLUMN said_tier;
DROP TABLE tier_policy;
