-- Rules for tiers, and tiers set by hand, have entries. An organization has one set of both.
CREATE TABLE tiering_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    tiering_id      TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, tiering_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX tiering_entry_place ON tiering_entry (organization_id, position);

-- 0 in rows of versions without entries, until the first start of this one has made entries of them.
ALTER TABLE tier_policy ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tier_policy ADD COLUMN tiering_id TEXT COLLATE "C" NOT NULL DEFAULT 'tiers';
CREATE UNIQUE INDEX tier_policy_tiering ON tier_policy (organization_id, tiering_id);

CREATE TABLE tier_policy_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    tiering_id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, tiering_id) REFERENCES tier_policy (organization_id, tiering_id) ON DELETE CASCADE
);

CREATE INDEX tier_policy_alias_tiering ON tier_policy_alias (organization_id, tiering_id);
