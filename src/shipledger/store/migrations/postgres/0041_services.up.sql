-- Services have entries. What was said of one is in these, and its rows are made of them.
CREATE TABLE service_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    service_id      TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, service_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX service_entry_place ON service_entry (organization_id, position);

-- 0 and '' in rows of versions without entries, until the first start of this one has made entries of them.
ALTER TABLE service ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service ADD COLUMN document TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX service_former ON service (organization_id) WHERE version = 0;

CREATE TABLE service_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    service_id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
);

CREATE INDEX service_alias_service ON service_alias (organization_id, service_id);
