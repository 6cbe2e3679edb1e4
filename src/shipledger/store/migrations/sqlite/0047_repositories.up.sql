-- Repositories with their former names have entries, and their rows are made of these.
CREATE TABLE repository_entry (
    organization_id TEXT NOT NULL,
    repository_id   TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, repository_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX repository_entry_place ON repository_entry (organization_id, position);

-- 0 and '' in rows of versions without entries, until the first start of this one has made entries of them.
CREATE TABLE named_repository (
    organization_id TEXT NOT NULL REFERENCES organization,
    repository_id   TEXT NOT NULL,
    version         INTEGER NOT NULL DEFAULT 0,
    name            TEXT NOT NULL,
    document        TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, repository_id)
) STRICT;

CREATE INDEX named_repository_former ON named_repository (organization_id) WHERE version = 0;

CREATE TABLE repository_name (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    repository_id   TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, repository_id) REFERENCES named_repository ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX repository_name_of ON repository_name (organization_id, repository_id);

-- For each name of a repository another one whose services it has, too. Names stand without case.
CREATE TABLE repository_link (
    organization_id TEXT NOT NULL,
    repository_id   TEXT NOT NULL,
    name_key        TEXT NOT NULL,
    name            TEXT NOT NULL,
    present_key     TEXT NOT NULL,
    other_key       TEXT NOT NULL,
    -- 1 if nobody has said that both are one repository. It counts until somebody maps it.
    is_guess        INTEGER NOT NULL CHECK (is_guess IN (0, 1)),
    PRIMARY KEY (organization_id, name_key, other_key),
    FOREIGN KEY (organization_id, repository_id) REFERENCES named_repository ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX repository_link_other ON repository_link (organization_id, other_key);
CREATE INDEX repository_link_of ON repository_link (organization_id, repository_id);

-- The table of versions before stays for nodes that still run one.
INSERT INTO named_repository (organization_id, repository_id, name)
SELECT organization_id, repository_key, repository FROM repository_alias;

INSERT INTO repository_link (organization_id, repository_id, name_key, name, present_key, other_key, is_guess)
SELECT organization_id, repository_key, repository_key, repository, repository_key, former_key, 1
FROM repository_alias
WHERE is_followed = 1;
