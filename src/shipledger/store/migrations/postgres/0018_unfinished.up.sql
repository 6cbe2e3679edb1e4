-- Operations of several steps that are under way or were interrupted, and what to run then.
CREATE TABLE unfinished (
    name      TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (name <> ''),
    remedy    TEXT COLLATE "C" NOT NULL,
    -- Whether the ledger must not be used meanwhile.
    is_barred INTEGER NOT NULL CHECK (is_barred IN (0, 1)),
    began_us  BIGINT NOT NULL
);
