-- What an organization takes for known; one without a row decided nothing.
CREATE TABLE association_rules (
    organization_id          TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES organization,
    mode                     TEXT COLLATE "C" CHECK (mode IN ('open', 'projects', 'synced')),
    -- Separated by spaces.
    projects                 TEXT COLLATE "C" NOT NULL,
    only_registered_services INTEGER NOT NULL CHECK (only_registered_services IN (0, 1)),
    CHECK (mode <> 'projects' OR projects <> '')
);

-- An issue as its tracker describes it.
CREATE TABLE issue (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    -- In upper case.
    issue_key       TEXT COLLATE "C" NOT NULL CHECK (issue_key <> ''),
    -- The tracker's own number, empty when it was not told.
    issue_id        TEXT COLLATE "C" NOT NULL,
    summary         TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    seen_us         BIGINT NOT NULL,
    PRIMARY KEY (organization_id, issue_key)
);

CREATE INDEX issue_number ON issue (organization_id, issue_id);
CREATE INDEX issue_seen ON issue (organization_id, seen_us);

-- Where issues are read from, and how far that has come. The token must be sent on, so it is kept encrypted.
CREATE TABLE issue_site (
    organization_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES organization,
    url             TEXT COLLATE "C" NOT NULL CHECK (url <> ''),
    account         TEXT COLLATE "C" NOT NULL,
    sealed_token    BYTEA NOT NULL,
    -- Separated by spaces.
    projects        TEXT COLLATE "C" NOT NULL,
    cursor_us       BIGINT,
    full_since_us   BIGINT,
    full_us         BIGINT,
    synced_us       BIGINT,
    failure         TEXT COLLATE "C" NOT NULL
);

-- What senders call a service besides its name and slug.
CREATE TABLE service_name (
    organization_id TEXT COLLATE "C" NOT NULL,
    -- The name without case, and as written.
    name_key        TEXT COLLATE "C" NOT NULL CHECK (name_key <> ''),
    name            TEXT COLLATE "C" NOT NULL,
    service_id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, name_key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
);

CREATE INDEX service_name_service ON service_name (organization_id, service_id);
