-- What an organization leaves out of its inbox: one record, with entries.
CREATE TABLE ignoring_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    ignoring_id     TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, ignoring_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX ignoring_entry_place ON ignoring_entry (organization_id, position);

CREATE TABLE ignoring (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    ignoring_id     TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, ignoring_id)
);

CREATE TABLE ignoring_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    ignoring_id     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, ignoring_id) REFERENCES ignoring ON DELETE CASCADE
);

CREATE INDEX ignoring_alias_ignoring ON ignoring_alias (organization_id, ignoring_id);

-- What the inbox counts: the names of environments whose deployments have no known tier.
CREATE INDEX deployment_unmapped ON deployment (organization_id, environment_key, started_us DESC, deployment_id DESC, tier)
    WHERE tier = 'unmapped' AND environment_key IS NOT NULL;
