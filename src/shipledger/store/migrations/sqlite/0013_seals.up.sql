-- The place of an entry in the order of settlement.
ALTER TABLE entry ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE entry SET position = rowid;
CREATE UNIQUE INDEX entry_position ON entry (organization_id, position);

ALTER TABLE incident_entry ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
UPDATE incident_entry SET position = rowid;
CREATE UNIQUE INDEX incident_entry_position ON incident_entry (organization_id, position);

-- What was recorded, by digests, so that later changes are found.
CREATE TABLE entry_seal (
    organization_id TEXT NOT NULL REFERENCES organization,
    number          INTEGER NOT NULL CHECK (number >= 1),
    previous        TEXT NOT NULL CHECK (length(previous) = 64),
    sealed_us       INTEGER NOT NULL,
    -- The last position of each kind of entry.
    covered         TEXT NOT NULL CHECK (json_valid(covered)),
    -- Kind, position, deployment or incident, version and digest of each.
    entries         TEXT NOT NULL CHECK (json_valid(entries)),
    hash            TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (organization_id, number)
) STRICT, WITHOUT ROWID;
