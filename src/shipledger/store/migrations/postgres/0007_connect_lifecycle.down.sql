DROP TABLE signing_key;
ALTER TABLE connect_app DROP COLUMN is_enabled;
ALTER TABLE connect_app DROP COLUMN previous_until_us;
ALTER TABLE connect_app DROP COLUMN previous_sealed_secret;
ALTER TABLE connect_app DROP COLUMN links;
