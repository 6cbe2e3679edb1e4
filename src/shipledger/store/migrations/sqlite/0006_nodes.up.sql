-- The nodes on this database. Neither table holds anything of an organization.
CREATE TABLE node (
    node_id TEXT NOT NULL PRIMARY KEY,
    -- By the clock of the database.
    seen_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which node does a duty that only one should do.
CREATE TABLE lease (
    name     TEXT NOT NULL PRIMARY KEY,
    node_id  TEXT NOT NULL,
    until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
