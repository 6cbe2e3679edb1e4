-- Who issued, replaced and revoked which credential. No secret is here, and no hash of one.
CREATE TABLE issuance_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    issuance_id       TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, issuance_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX issuance_entry_place ON issuance_entry (organization_id, position);

CREATE TABLE issuance (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    issuance_id       TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, issuance_id)
);

CREATE TABLE issuance_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    issuance_id       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, issuance_id) REFERENCES issuance ON DELETE CASCADE
);

CREATE INDEX issuance_alias_issuance ON issuance_alias (organization_id, issuance_id);
