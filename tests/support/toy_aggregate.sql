CREATE TABLE flag_entry (
    organization_id TEXT NOT NULL,
    flag_id         TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL,
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL /* of PostgreSQL: DEFAULT nextval('entry_position') */,
    PRIMARY KEY (organization_id, flag_id, version),
    UNIQUE (organization_id, position),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE TABLE flag (
    organization_id TEXT NOT NULL REFERENCES organization,
    flag_id         TEXT NOT NULL,
    version         INTEGER NOT NULL,
    color           TEXT NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, flag_id)
);

CREATE TABLE flag_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    flag_id         TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, flag_id) REFERENCES flag ON DELETE CASCADE
);
