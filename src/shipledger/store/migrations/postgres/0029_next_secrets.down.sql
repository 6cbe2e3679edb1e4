ALTER TABLE connect_app DROP COLUMN next_sealed_secret;
