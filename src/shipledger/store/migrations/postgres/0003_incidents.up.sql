CREATE TABLE incident_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    incident_id     TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, incident_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

-- Projections: shipledger rebuild recomputes these from the entries.

CREATE TABLE incident (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    incident_id     TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    started_us      BIGINT NOT NULL,
    -- NULL while it is open.
    ended_us        BIGINT,
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, incident_id)
);

CREATE INDEX incident_started ON incident (organization_id, started_us DESC, incident_id DESC);

-- Two nodes that create the same incident at once must not both succeed.
CREATE TABLE incident_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    incident_id     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, incident_id) REFERENCES incident ON DELETE CASCADE
);

CREATE INDEX incident_alias_incident ON incident_alias (organization_id, incident_id);
