DROP INDEX deployment_alias_started;

ALTER TABLE deployment_alias DROP COLUMN started_us;
