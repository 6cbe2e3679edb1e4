DROP TABLE credential_use;
DROP INDEX credential_by_id;
ALTER TABLE credential DROP COLUMN expires_us;
