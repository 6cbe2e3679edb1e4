ALTER TABLE projection_rules DROP COLUMN is_imported;
