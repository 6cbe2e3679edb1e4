-- Pull requests, with their history.
CREATE TABLE pull_request_entry (
    organization_id TEXT NOT NULL,
    pull_request_id TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, pull_request_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX pull_request_entry_place ON pull_request_entry (organization_id, position);
CREATE UNIQUE INDEX pull_request_entry_number ON pull_request_entry (organization_id, number) WHERE number IS NOT NULL;

CREATE TABLE pull_request (
    organization_id TEXT NOT NULL REFERENCES organization,
    pull_request_id TEXT NOT NULL,
    version         INTEGER NOT NULL,
    -- When it was opened, or recorded.
    placed_us       INTEGER NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, pull_request_id)
) STRICT;

CREATE INDEX pull_request_placed ON pull_request (organization_id, placed_us, pull_request_id);

CREATE TABLE pull_request_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    pull_request_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, pull_request_id) REFERENCES pull_request ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX pull_request_alias_of ON pull_request_alias (organization_id, pull_request_id);
