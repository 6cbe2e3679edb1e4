ALTER TABLE credential DROP COLUMN seen_us;
