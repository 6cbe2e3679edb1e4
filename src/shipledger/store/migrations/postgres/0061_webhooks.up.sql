-- Who added and removed targets of messages, and sent messages again. No secret is here, and no path of an address.
CREATE TABLE webhook_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    webhook_id TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, webhook_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX webhook_entry_place ON webhook_entry (organization_id, position);

CREATE TABLE webhook (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    webhook_id TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, webhook_id)
);

CREATE TABLE webhook_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    webhook_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook ON DELETE CASCADE
);

CREATE INDEX webhook_alias_webhook ON webhook_alias (organization_id, webhook_id);

CREATE INDEX webhook_entry_recorded ON webhook_entry (organization_id, recorded_us, webhook_id, version);
