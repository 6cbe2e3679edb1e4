-- What an organization takes for known; one without a row decided nothing.
CREATE TABLE association_rules (
    organization_id          TEXT NOT NULL PRIMARY KEY REFERENCES organization,
    mode                     TEXT CHECK (mode IN ('open', 'projects', 'synced')),
    -- Separated by spaces.
    projects                 TEXT NOT NULL,
    only_registered_services INTEGER NOT NULL CHECK (only_registered_services IN (0, 1)),
    CHECK (mode <> 'projects' OR projects <> '')
) STRICT, WITHOUT ROWID;

-- An issue as its tracker describes it.
CREATE TABLE issue (
    organization_id TEXT NOT NULL REFERENCES organization,
    -- In upper case.
    issue_key       TEXT NOT NULL CHECK (issue_key <> ''),
    -- The tracker's own number, empty when it was not told.
    issue_id        TEXT NOT NULL,
    summary         TEXT NOT NULL,
    kind            TEXT NOT NULL,
    status          TEXT NOT NULL,
    seen_us         INTEGER NOT NULL,
    PRIMARY KEY (organization_id, issue_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX issue_number ON issue (organization_id, issue_id);
CREATE INDEX issue_seen ON issue (organization_id, seen_us);

-- Where issues are read from, and how far that has come. The token must be sent on, so it is kept encrypted.
CREATE TABLE issue_site (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organization,
    url             TEXT NOT NULL CHECK (url <> ''),
    account         TEXT NOT NULL,
    sealed_token    BLOB NOT NULL,
    -- Separated by spaces.
    projects        TEXT NOT NULL,
    cursor_us       INTEGER,
    full_since_us   INTEGER,
    full_us         INTEGER,
    synced_us       INTEGER,
    failure         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What senders call a service besides its name and slug.
CREATE TABLE service_name (
    organization_id TEXT NOT NULL,
    -- The name without case, and as written.
    name_key        TEXT NOT NULL CHECK (name_key <> ''),
    name            TEXT NOT NULL,
    service_id      TEXT NOT NULL,
    PRIMARY KEY (organization_id, name_key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX service_name_service ON service_name (organization_id, service_id);
