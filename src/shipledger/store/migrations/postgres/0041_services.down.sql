DROP TABLE service_alias;
DROP INDEX service_former;
ALTER TABLE service DROP COLUMN document;
ALTER TABLE service DROP COLUMN version;
DROP TABLE service_entry;
