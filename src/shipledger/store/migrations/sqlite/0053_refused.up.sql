-- What was answered to requests that were refused, never what they held. The oldest of an organization go.
CREATE TABLE refused_request (
    organization_id TEXT NOT NULL REFERENCES organization,
    refused_id      TEXT NOT NULL,
    refused_us      INTEGER NOT NULL,
    protocol        TEXT NOT NULL,
    method          TEXT NOT NULL,
    path            TEXT NOT NULL,
    status          INTEGER NOT NULL,
    code            TEXT NOT NULL,
    sentence        TEXT NOT NULL,
    credential_id   TEXT NOT NULL,
    address         TEXT NOT NULL,
    size_bytes      INTEGER,
    PRIMARY KEY (organization_id, refused_id)
) STRICT, WITHOUT ROWID;

-- Who sends with no key that is known belongs to no organization, and is counted.
CREATE TABLE unknown_sender (
    address  TEXT NOT NULL PRIMARY KEY,
    requests INTEGER NOT NULL,
    first_us INTEGER NOT NULL,
    last_us  INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    method   TEXT NOT NULL,
    path     TEXT NOT NULL,
    status   INTEGER NOT NULL,
    sentence TEXT NOT NULL
) STRICT, WITHOUT ROWID;
