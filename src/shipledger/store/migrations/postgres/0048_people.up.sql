-- Accounts are of the installation; what people may do in an organization has entries. No secret is here, only hashes.
CREATE TABLE person (
    person_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    email       TEXT COLLATE "C" NOT NULL,
    email_key   TEXT COLLATE "C" NOT NULL UNIQUE,
    name        TEXT COLLATE "C" NOT NULL,
    created_us  BIGINT NOT NULL,
    password    TEXT COLLATE "C" NOT NULL,
    changed_us  BIGINT,
    disabled_us BIGINT,
    is_first    INTEGER UNIQUE CHECK (is_first = 1) -- of two that are created at once, one is the first
);

-- Not by organization: a browser that asks names none.
CREATE TABLE person_session (
    session_hash    BYTEA NOT NULL PRIMARY KEY,
    person_id       TEXT COLLATE "C" NOT NULL,
    shows           TEXT COLLATE "C" NOT NULL,
    created_us      BIGINT NOT NULL,
    seen_us         BIGINT NOT NULL,
    address         TEXT COLLATE "C" NOT NULL,
    agent           TEXT COLLATE "C" NOT NULL
);

CREATE INDEX person_session_person ON person_session (person_id);

CREATE TABLE person_link (
    link_hash       BYTEA NOT NULL PRIMARY KEY,
    leads_to        TEXT COLLATE "C" NOT NULL,
    person_id       TEXT COLLATE "C" NOT NULL,
    made_us         BIGINT NOT NULL,
    used_us         BIGINT
);

CREATE INDEX person_link_person ON person_link (person_id);

-- What somebody is in an organization.
CREATE TABLE member_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    member_id       TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, member_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX member_entry_place ON member_entry (organization_id, position);

CREATE TABLE member (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    member_id       TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL,
    person_id       TEXT COLLATE "C" NOT NULL,
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, member_id)
);

-- Also for the one look-up by which the organizations of a person are found.
CREATE INDEX member_person ON member (person_id, organization_id);

CREATE TABLE member_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    member_id       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, member_id) REFERENCES member ON DELETE CASCADE
);

CREATE INDEX member_alias_member ON member_alias (organization_id, member_id);
