-- Texts compare by their bytes, as on SQLite, whatever the language of the database: COLLATE "C".
-- Times are microseconds since 1970-01-01 UTC, negative before it, in columns that end in _us. A deployment without a
-- start has the smallest started_us, -4611686018427387904, so that it sorts last.

CREATE TABLE organization (
    organization_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug            TEXT COLLATE "C" NOT NULL UNIQUE CHECK (slug <> ''),
    name            TEXT COLLATE "C" NOT NULL,
    created_us      BIGINT NOT NULL
);

CREATE TABLE credential (
    organization_id     TEXT COLLATE "C" NOT NULL REFERENCES organization,
    credential_id       TEXT COLLATE "C" NOT NULL,
    kind                TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    name                TEXT COLLATE "C" NOT NULL,
    -- A secret proves its organization, so it is looked up without one.
    secret_hash         BYTEA NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    scopes              TEXT COLLATE "C" NOT NULL CHECK (CAST(scopes AS json) IS NOT NULL),
    created_us          BIGINT NOT NULL,
    revoked_us          BIGINT,
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute >= 0),
    requests_per_second INTEGER NOT NULL CHECK (requests_per_second >= 0),
    PRIMARY KEY (organization_id, credential_id)
);

CREATE TABLE service (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    service_id      TEXT COLLATE "C" NOT NULL,
    slug            TEXT COLLATE "C" NOT NULL CHECK (slug <> ''),
    name            TEXT COLLATE "C" NOT NULL,
    -- The name without case.
    name_key        TEXT COLLATE "C" NOT NULL,
    description     TEXT COLLATE "C" NOT NULL,
    team_id         TEXT COLLATE "C" NOT NULL,
    visibility      TEXT COLLATE "C" NOT NULL,
    tags            TEXT COLLATE "C" NOT NULL CHECK (CAST(tags AS json) IS NOT NULL),
    created_us      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, service_id),
    UNIQUE (organization_id, slug),
    UNIQUE (organization_id, name_key)
);

CREATE TABLE service_repository (
    organization_id TEXT COLLATE "C" NOT NULL,
    service_id      TEXT COLLATE "C" NOT NULL,
    -- The canonical name without case, and as written.
    repository_key  TEXT COLLATE "C" NOT NULL,
    repository      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, service_id, repository_key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
);

CREATE TABLE receipt (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    receipt_id      TEXT COLLATE "C" NOT NULL,
    credential_id   TEXT COLLATE "C" NOT NULL,
    protocol        TEXT COLLATE "C" NOT NULL,
    operation       TEXT COLLATE "C" NOT NULL,
    parameters      TEXT COLLATE "C" NOT NULL CHECK (CAST(parameters AS json) IS NOT NULL),
    body            TEXT COLLATE "C" NOT NULL,
    accepted_us     BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'settled', 'quarantined')),
    claimed_by      TEXT COLLATE "C",
    attempts        INTEGER NOT NULL CHECK (attempts >= 0),
    settled_us      BIGINT,
    failure         TEXT COLLATE "C",
    PRIMARY KEY (organization_id, receipt_id),
    CHECK (claimed_by IS NULL OR state = 'pending'),
    CHECK ((state = 'pending') = (settled_us IS NULL)),
    CHECK ((state = 'quarantined') = (failure IS NOT NULL))
);

CREATE INDEX receipt_accepted ON receipt (organization_id, accepted_us);
CREATE INDEX receipt_free ON receipt (accepted_us, receipt_id) WHERE state = 'pending' AND claimed_by IS NULL;
CREATE INDEX receipt_unsettled ON receipt (organization_id, state, accepted_us) WHERE state <> 'settled';

CREATE TABLE verdict (
    organization_id TEXT COLLATE "C" NOT NULL,
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    kind            TEXT COLLATE "C" NOT NULL CHECK (kind IN ('applied', 'superseded', 'duplicate', 'rejected')),
    reason          TEXT COLLATE "C" NOT NULL,
    sentence        TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    deployment_id   TEXT COLLATE "C",
    settled_us      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, receipt_id, item),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE INDEX verdict_deployment ON verdict (organization_id, deployment_id);

CREATE TABLE entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    deployment_id   TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, deployment_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

-- Projections: shipledger rebuild recomputes these from the entries. They have no foreign keys, as on SQLite.

CREATE TABLE deployment (
    organization_id  TEXT COLLATE "C" NOT NULL,
    deployment_id    TEXT COLLATE "C" NOT NULL,
    version          INTEGER NOT NULL CHECK (version >= 1),
    source           TEXT COLLATE "C" NOT NULL,
    state            TEXT COLLATE "C" NOT NULL CHECK (
        state IN ('pending', 'in_progress', 'successful', 'failed', 'cancelled', 'rolled_back', 'unknown')
    ),
    tier             TEXT COLLATE "C" NOT NULL CHECK (tier IN ('development', 'testing', 'staging', 'production', 'unmapped')),
    -- As it compares: a UUID without braces and in lower case.
    environment_id   TEXT COLLATE "C",
    environment_name TEXT COLLATE "C",
    started_us       BIGINT NOT NULL,
    ended_us         BIGINT,
    -- What a text search looks through, without case.
    search           TEXT COLLATE "C" NOT NULL,
    document         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, deployment_id),
    CHECK ((environment_id IS NULL) = (environment_name IS NULL))
);

CREATE INDEX deployment_started ON deployment (organization_id, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_state ON deployment (organization_id, state, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_tier ON deployment (organization_id, tier, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_source ON deployment (organization_id, source, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_environment ON deployment (organization_id, environment_id, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_environment_name ON deployment (organization_id, environment_id, environment_name, tier);

CREATE TABLE deployment_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    deployment_id   TEXT COLLATE "C" NOT NULL,
    is_identity     INTEGER NOT NULL CHECK (is_identity IN (0, 1)),
    PRIMARY KEY (organization_id, scope, key, deployment_id)
);

-- Two nodes that create the same deployment at once must not both succeed.
CREATE UNIQUE INDEX deployment_alias_identity ON deployment_alias (organization_id, scope, key) WHERE is_identity = 1;
CREATE INDEX deployment_alias_deployment ON deployment_alias (organization_id, deployment_id);

CREATE TABLE deployment_release (
    organization_id TEXT COLLATE "C" NOT NULL,
    deployment_id   TEXT COLLATE "C" NOT NULL,
    ordinal         INTEGER NOT NULL CHECK (ordinal >= 0),
    repository      TEXT COLLATE "C" NOT NULL,
    repository_key  TEXT COLLATE "C" NOT NULL,
    commit_id       TEXT COLLATE "C" NOT NULL,
    -- 1 when an earlier release of the deployment names the same repository: a search shows a deployment once.
    is_repeat       INTEGER NOT NULL CHECK (is_repeat IN (0, 1)),
    environment_id  TEXT COLLATE "C",
    started_us      BIGINT NOT NULL,
    -- The end, or the start while it runs; NULL when neither is known.
    ended_us        BIGINT,
    PRIMARY KEY (organization_id, deployment_id, ordinal)
);

CREATE INDEX deployment_release_repository ON deployment_release
    (organization_id, repository_key, started_us DESC, deployment_id, ended_us, is_repeat)
    WHERE is_repeat = 0;
CREATE INDEX deployment_release_environment ON deployment_release
    (organization_id, repository_key, environment_id, started_us DESC, deployment_id, ended_us, is_repeat)
    WHERE is_repeat = 0;
-- Clocks of senders may disagree; searches by end look here for what a search by start would miss.
CREATE INDEX deployment_release_backwards ON deployment_release
    (organization_id, repository_key, started_us DESC, deployment_id, ended_us, environment_id, is_repeat)
    WHERE is_repeat = 0 AND ended_us < started_us;
