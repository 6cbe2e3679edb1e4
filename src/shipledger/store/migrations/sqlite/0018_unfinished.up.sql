-- Operations of several steps that are under way or were interrupted, and what to run then.
CREATE TABLE unfinished (
    name      TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    remedy    TEXT NOT NULL,
    -- Whether the ledger must not be used meanwhile.
    is_barred INTEGER NOT NULL CHECK (is_barred IN (0, 1)),
    began_us  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
