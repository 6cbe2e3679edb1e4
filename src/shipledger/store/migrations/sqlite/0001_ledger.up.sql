-- Times are microseconds since 1970-01-01 UTC, negative before it, in columns that end in _us. A deployment without a
-- start has the smallest started_us, -4611686018427387904, so that it sorts last.

CREATE TABLE organization (
    organization_id TEXT NOT NULL PRIMARY KEY,
    slug            TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name            TEXT NOT NULL,
    created_us      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    organization_id     TEXT NOT NULL REFERENCES organization,
    credential_id       TEXT NOT NULL,
    kind                TEXT NOT NULL CHECK (kind <> ''),
    name                TEXT NOT NULL,
    -- A secret proves its organization, so it is looked up without one.
    secret_hash         BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    scopes              TEXT NOT NULL CHECK (json_valid(scopes)),
    created_us          INTEGER NOT NULL,
    revoked_us          INTEGER,
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute >= 0),
    requests_per_second INTEGER NOT NULL CHECK (requests_per_second >= 0),
    PRIMARY KEY (organization_id, credential_id)
) STRICT;

CREATE TABLE service (
    organization_id TEXT NOT NULL REFERENCES organization,
    service_id      TEXT NOT NULL,
    slug            TEXT NOT NULL CHECK (slug <> ''),
    name            TEXT NOT NULL,
    -- The name without case.
    name_key        TEXT NOT NULL,
    description     TEXT NOT NULL,
    team_id         TEXT NOT NULL,
    visibility      TEXT NOT NULL,
    tags            TEXT NOT NULL CHECK (json_valid(tags)),
    created_us      INTEGER NOT NULL,
    PRIMARY KEY (organization_id, service_id),
    UNIQUE (organization_id, slug),
    UNIQUE (organization_id, name_key)
) STRICT;

CREATE TABLE service_repository (
    organization_id TEXT NOT NULL,
    service_id      TEXT NOT NULL,
    -- The canonical name without case, and as written.
    repository_key  TEXT NOT NULL,
    repository      TEXT NOT NULL,
    PRIMARY KEY (organization_id, service_id, repository_key),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    organization_id TEXT NOT NULL REFERENCES organization,
    receipt_id      TEXT NOT NULL,
    credential_id   TEXT NOT NULL,
    protocol        TEXT NOT NULL,
    operation       TEXT NOT NULL,
    parameters      TEXT NOT NULL CHECK (json_valid(parameters)),
    body            TEXT NOT NULL,
    accepted_us     INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'settled', 'quarantined')),
    claimed_by      TEXT,
    attempts        INTEGER NOT NULL CHECK (attempts >= 0),
    settled_us      INTEGER,
    failure         TEXT,
    PRIMARY KEY (organization_id, receipt_id),
    CHECK (claimed_by IS NULL OR state = 'pending'),
    CHECK ((state = 'pending') = (settled_us IS NULL)),
    CHECK ((state = 'quarantined') = (failure IS NOT NULL))
) STRICT;

CREATE INDEX receipt_accepted ON receipt (organization_id, accepted_us);
CREATE INDEX receipt_free ON receipt (accepted_us, receipt_id) WHERE state = 'pending' AND claimed_by IS NULL;
CREATE INDEX receipt_unsettled ON receipt (organization_id, state, accepted_us) WHERE state <> 'settled';

CREATE TABLE verdict (
    organization_id TEXT NOT NULL,
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    kind            TEXT NOT NULL CHECK (kind IN ('applied', 'superseded', 'duplicate', 'rejected')),
    reason          TEXT NOT NULL,
    sentence        TEXT NOT NULL,
    subject         TEXT NOT NULL,
    deployment_id   TEXT,
    settled_us      INTEGER NOT NULL,
    PRIMARY KEY (organization_id, receipt_id, item),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT, WITHOUT ROWID;

CREATE INDEX verdict_deployment ON verdict (organization_id, deployment_id);

CREATE TABLE entry (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    PRIMARY KEY (organization_id, deployment_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

-- Projections: shipledger rebuild recomputes these from the entries. They have no foreign keys: with one, SQLite empties a
-- table row by row, which takes minutes for a million deployments.

CREATE TABLE deployment (
    organization_id  TEXT NOT NULL,
    deployment_id    TEXT NOT NULL,
    version          INTEGER NOT NULL CHECK (version >= 1),
    source           TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (
        state IN ('pending', 'in_progress', 'successful', 'failed', 'cancelled', 'rolled_back', 'unknown')
    ),
    tier             TEXT NOT NULL CHECK (tier IN ('development', 'testing', 'staging', 'production', 'unmapped')),
    -- As it compares: a UUID without braces and in lower case.
    environment_id   TEXT,
    environment_name TEXT,
    started_us       INTEGER NOT NULL,
    ended_us         INTEGER,
    -- What a text search looks through, without case.
    search           TEXT NOT NULL,
    document         TEXT NOT NULL,
    PRIMARY KEY (organization_id, deployment_id),
    CHECK ((environment_id IS NULL) = (environment_name IS NULL))
) STRICT;

CREATE INDEX deployment_started ON deployment (organization_id, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_state ON deployment (organization_id, state, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_tier ON deployment (organization_id, tier, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_source ON deployment (organization_id, source, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_environment ON deployment (organization_id, environment_id, started_us DESC, deployment_id DESC);
CREATE INDEX deployment_environment_name ON deployment (organization_id, environment_id, environment_name, tier);

CREATE TABLE deployment_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    is_identity     INTEGER NOT NULL CHECK (is_identity IN (0, 1)),
    PRIMARY KEY (organization_id, scope, key, deployment_id)
) STRICT, WITHOUT ROWID;

-- Two nodes that create the same deployment at once must not both succeed.
CREATE UNIQUE INDEX deployment_alias_identity ON deployment_alias (organization_id, scope, key) WHERE is_identity = 1;
CREATE INDEX deployment_alias_deployment ON deployment_alias (organization_id, deployment_id);

CREATE TABLE deployment_release (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    ordinal         INTEGER NOT NULL CHECK (ordinal >= 0),
    repository      TEXT NOT NULL,
    repository_key  TEXT NOT NULL,
    commit_id       TEXT NOT NULL,
    -- 1 when an earlier release of the deployment names the same repository: a search shows a deployment once.
    is_repeat       INTEGER NOT NULL CHECK (is_repeat IN (0, 1)),
    environment_id  TEXT,
    started_us      INTEGER NOT NULL,
    -- The end, or the start while it runs; NULL when neither is known.
    ended_us        INTEGER,
    PRIMARY KEY (organization_id, deployment_id, ordinal)
) STRICT;

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
