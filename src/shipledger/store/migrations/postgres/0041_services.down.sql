DROP TABLE service_alias;
DROP INDEX service_former;
ALTER TABLE service DROP COLUMN document;
ALTER TABLE service DROP COLUMN version;
DROP TABLE service_entry;

-- The version before writes these without entries: the next upgrade must look for them.
UPDATE projection_rules SET revision = 1;
