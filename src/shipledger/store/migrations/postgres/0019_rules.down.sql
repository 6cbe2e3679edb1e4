DROP TABLE projection_rules;

ALTER TABLE node DROP COLUMN rules;
