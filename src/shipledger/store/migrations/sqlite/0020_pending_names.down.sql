DROP INDEX receipt_unnoted;
ALTER TABLE receipt DROP COLUMN are_names_noted;
DROP TABLE pending_name;
