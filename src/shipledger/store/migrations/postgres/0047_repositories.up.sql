-- Repositories with their former names have entries, and their rows are made of these.
CREATE TABLE repository_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    repository_id   TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, repository_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX repository_entry_place ON repository_entry (organization_id, position);

-- 0 and '' in rows of versions without entries, until the first start of this one has made entries of them.
CREATE TABLE named_repository (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    repository_id   TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL DEFAULT 0,
    name            TEXT COLLATE "C" NOT NULL,
    document        TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, repository_id)
);

CREATE INDEX named_repository_former ON named_repository (organization_id) WHERE version = 0;

CREATE TABLE repository_name (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    repository_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, repository_id) REFERENCES named_repository ON DELETE CASCADE
);

CREATE INDEX repository_name_of ON repository_name (organization_id, repository_id);

-- For each name of a repository another one whose services it has, too. Names stand without case.
CREATE TABLE repository_link (
    organization_id TEXT COLLATE "C" NOT NULL,
    repository_id   TEXT COLLATE "C" NOT NULL,
    name_key        TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    present_key     TEXT COLLATE "C" NOT NULL,
    other_key       TEXT COLLATE "C" NOT NULL,
    -- 1 if nobody has said that both are one repository. It counts until somebody maps it.
    is_guess        INTEGER NOT NULL CHECK (is_guess IN (0, 1)),
    PRIMARY KEY (organization_id, name_key, other_key),
    FOREIGN KEY (organization_id, repository_id) REFERENCES named_repository ON DELETE CASCADE
);

CREATE INDEX repository_link_other ON repository_link (organization_id, other_key);
CREATE INDEX repository_link_of ON repository_link (organization_id, repository_id);

-- The table of versions before stays for nodes that still run one.
INSERT INTO named_repository (organization_id, repository_id, name)
SELECT organization_id, repository_key, repository FROM repository_alias;

INSERT INTO repository_link (organization_id, repository_id, name_key, name, present_key, other_key, is_guess)
SELECT organization_id, repository_key, repository_key, repository, repository_key, former_key, 1
FROM repository_alias
WHERE is_followed = 1;
