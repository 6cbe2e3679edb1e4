-- How answers to this credential write times, where its protocol has more than one form; empty: it was not said.
ALTER TABLE credential ADD COLUMN time_form TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (time_form IN ('', 'rfc3339', 'int64'));
