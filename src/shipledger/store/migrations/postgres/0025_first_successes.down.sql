ALTER TABLE deployment DROP COLUMN succeeded_us;
