-- Rules for tiers, and tiers set by hand, have entries. An organization has one set of both.
CREATE TABLE tiering_entry (
    organization_id TEXT NOT NULL,
    tiering_id      TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, tiering_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX tiering_entry_place ON tiering_entry (organization_id, position);

-- 0 in rows of versions without entries, until the first start of this one has made entries of them.
ALTER TABLE tier_policy ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tier_policy ADD COLUMN tiering_id TEXT NOT NULL DEFAULT 'tiers';
CREATE UNIQUE INDEX tier_policy_tiering ON tier_policy (organization_id, tiering_id);

CREATE TABLE tier_policy_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    tiering_id      TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, tiering_id) REFERENCES tier_policy (organization_id, tiering_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX tier_policy_alias_tiering ON tier_policy_alias (organization_id, tiering_id);
