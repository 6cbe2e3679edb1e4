-- What an organization leaves out of its inbox: one record, with entries.
CREATE TABLE ignoring_entry (
    organization_id TEXT NOT NULL,
    ignoring_id     TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, ignoring_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX ignoring_entry_place ON ignoring_entry (organization_id, position);

CREATE TABLE ignoring (
    organization_id TEXT NOT NULL REFERENCES organization,
    ignoring_id     TEXT NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, ignoring_id)
) STRICT;

CREATE TABLE ignoring_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    ignoring_id     TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, ignoring_id) REFERENCES ignoring ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX ignoring_alias_ignoring ON ignoring_alias (organization_id, ignoring_id);

-- What the inbox counts: the names of environments whose deployments have no known tier.
CREATE INDEX deployment_unmapped ON deployment (organization_id, environment_key, started_us DESC, deployment_id DESC, tier)
    WHERE tier = 'unmapped' AND environment_key IS NOT NULL;
