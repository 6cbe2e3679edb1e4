-- 1 from a move or a restore until those who derive something from entries were told of it.
ALTER TABLE projection_rules ADD COLUMN is_imported INTEGER NOT NULL DEFAULT 0 CHECK (is_imported IN (0, 1));
