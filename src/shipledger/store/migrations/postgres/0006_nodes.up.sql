-- The nodes on this database. Neither table holds anything of an organization.
CREATE TABLE node (
    node_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- By the clock of the database.
    seen_us BIGINT NOT NULL
);

-- Which node does a duty that only one should do.
CREATE TABLE lease (
    name     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    node_id  TEXT COLLATE "C" NOT NULL,
    until_us BIGINT NOT NULL
);
