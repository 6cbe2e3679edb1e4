-- One row: which ledger this is, a digest of the key that its secrets are encrypted with, and since when a server has had the
-- file open without having closed it.
CREATE TABLE installation (
    id              INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    ledger_id       TEXT COLLATE "C" NOT NULL CHECK (length(ledger_id) = 32),
    key_check       TEXT COLLATE "C",
    served_since_us BIGINT
);

INSERT INTO installation (id, ledger_id) VALUES (1, replace(CAST(gen_random_uuid() AS text), '-', ''));
