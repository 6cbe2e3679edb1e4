ALTER TABLE person DROP COLUMN seen_us;
