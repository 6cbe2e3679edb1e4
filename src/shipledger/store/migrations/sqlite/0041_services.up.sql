-- Services have entries. What was said of one is in these, and its rows are made of them.
CREATE TABLE service_entry (
    organization_id TEXT NOT NULL,
    service_id      TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, service_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX service_entry_place ON service_entry (organization_id, position);

-- 0 and '' in rows of versions without entries, until the first start of this one has made entries of them.
ALTER TABLE service ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service ADD COLUMN document TEXT NOT NULL DEFAULT '';
CREATE INDEX service_former ON service (organization_id) WHERE version = 0;

CREATE TABLE service_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    service_id      TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX service_alias_service ON service_alias (organization_id, service_id);
