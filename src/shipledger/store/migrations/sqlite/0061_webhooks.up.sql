-- Who added and removed targets of messages, and sent messages again. No secret is here, and no path of an address.
CREATE TABLE webhook_entry (
    organization_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, webhook_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX webhook_entry_place ON webhook_entry (organization_id, position);

CREATE TABLE webhook (
    organization_id TEXT NOT NULL REFERENCES organization,
    webhook_id TEXT NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, webhook_id)
) STRICT;

CREATE TABLE webhook_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_alias_webhook ON webhook_alias (organization_id, webhook_id);

CREATE INDEX webhook_entry_recorded ON webhook_entry (organization_id, recorded_us, webhook_id, version);
