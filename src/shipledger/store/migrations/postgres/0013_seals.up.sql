-- The place of an entry in the order of settlement. Settlements that are under way at once may end in another order, and one
-- that is undone leaves a gap. It starts far above what a SQLite file ever has, so that entries of one may be copied.
CREATE SEQUENCE entry_position START WITH 1000000000000000;

ALTER TABLE entry ADD COLUMN position BIGINT NOT NULL DEFAULT nextval('entry_position');
CREATE UNIQUE INDEX entry_place ON entry (organization_id, position);

ALTER TABLE incident_entry ADD COLUMN position BIGINT NOT NULL DEFAULT nextval('entry_position');
CREATE UNIQUE INDEX incident_entry_place ON incident_entry (organization_id, position);

-- What was recorded, by digests, so that later changes are found.
CREATE TABLE entry_seal (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    number          INTEGER NOT NULL CHECK (number >= 1),
    previous        TEXT COLLATE "C" NOT NULL CHECK (length(previous) = 64),
    sealed_us       BIGINT NOT NULL,
    -- The last position of each kind of entry.
    covered         TEXT COLLATE "C" NOT NULL CHECK (CAST(covered AS json) IS NOT NULL),
    -- Kind, position, deployment or incident, version and digest of each.
    entries         TEXT COLLATE "C" NOT NULL CHECK (CAST(entries AS json) IS NOT NULL),
    hash            TEXT COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (organization_id, number)
);
