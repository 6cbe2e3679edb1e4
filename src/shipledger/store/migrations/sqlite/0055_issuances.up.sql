-- Who issued, replaced and revoked which credential. No secret is here, and no hash of one.
CREATE TABLE issuance_entry (
    organization_id TEXT NOT NULL,
    issuance_id       TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, issuance_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX issuance_entry_place ON issuance_entry (organization_id, position);

CREATE TABLE issuance (
    organization_id TEXT NOT NULL REFERENCES organization,
    issuance_id       TEXT NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, issuance_id)
) STRICT;

CREATE TABLE issuance_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    issuance_id       TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, issuance_id) REFERENCES issuance ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX issuance_alias_issuance ON issuance_alias (organization_id, issuance_id);
