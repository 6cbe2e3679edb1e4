CREATE TABLE incident_entry (
    organization_id TEXT NOT NULL,
    incident_id     TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    PRIMARY KEY (organization_id, incident_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

-- Projections: shipledger rebuild recomputes these from the entries.

CREATE TABLE incident (
    organization_id TEXT NOT NULL REFERENCES organization,
    incident_id     TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    started_us      INTEGER NOT NULL,
    -- NULL while it is open.
    ended_us        INTEGER,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, incident_id)
) STRICT;

CREATE INDEX incident_started ON incident (organization_id, started_us DESC, incident_id DESC);

-- Two nodes that create the same incident at once must not both succeed.
CREATE TABLE incident_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    incident_id     TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, incident_id) REFERENCES incident ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX incident_alias_incident ON incident_alias (organization_id, incident_id);
