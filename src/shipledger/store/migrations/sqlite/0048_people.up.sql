-- Accounts are of the installation; what people may do in an organization has entries. No secret is here, only hashes.
CREATE TABLE person (
    person_id   TEXT NOT NULL PRIMARY KEY,
    email       TEXT NOT NULL,
    email_key   TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    created_us  INTEGER NOT NULL,
    password    TEXT NOT NULL,
    changed_us  INTEGER,
    disabled_us INTEGER,
    is_first    INTEGER UNIQUE CHECK (is_first = 1) -- of two that are created at once, one is the first
) STRICT;

-- Not by organization: a browser that asks names none.
CREATE TABLE person_session (
    session_hash    BLOB NOT NULL PRIMARY KEY,
    person_id       TEXT NOT NULL,
    shows           TEXT NOT NULL,
    created_us      INTEGER NOT NULL,
    seen_us         INTEGER NOT NULL,
    address         TEXT NOT NULL,
    agent           TEXT NOT NULL
) STRICT;

CREATE INDEX person_session_person ON person_session (person_id);

CREATE TABLE person_link (
    link_hash       BLOB NOT NULL PRIMARY KEY,
    leads_to        TEXT NOT NULL,
    person_id       TEXT NOT NULL,
    made_us         INTEGER NOT NULL,
    used_us         INTEGER
) STRICT;

CREATE INDEX person_link_person ON person_link (person_id);

-- What somebody is in an organization.
CREATE TABLE member_entry (
    organization_id TEXT NOT NULL,
    member_id       TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, member_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX member_entry_place ON member_entry (organization_id, position);

CREATE TABLE member (
    organization_id TEXT NOT NULL REFERENCES organization,
    member_id       TEXT NOT NULL,
    version         INTEGER NOT NULL,
    person_id       TEXT NOT NULL,
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, member_id)
) STRICT;

-- Also for the one look-up by which the organizations of a person are found.
CREATE INDEX member_person ON member (person_id, organization_id);

CREATE TABLE member_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    member_id       TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, member_id) REFERENCES member ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX member_alias_member ON member_alias (organization_id, member_id);
