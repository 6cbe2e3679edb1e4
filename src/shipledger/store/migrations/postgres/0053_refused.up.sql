-- What was answered to requests that were refused, never what they held. The oldest of an organization go.
CREATE TABLE refused_request (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    refused_id      TEXT COLLATE "C" NOT NULL,
    refused_us      BIGINT NOT NULL,
    protocol        TEXT COLLATE "C" NOT NULL,
    method          TEXT COLLATE "C" NOT NULL,
    path            TEXT COLLATE "C" NOT NULL,
    status          INTEGER NOT NULL,
    code            TEXT COLLATE "C" NOT NULL,
    sentence        TEXT COLLATE "C" NOT NULL,
    credential_id   TEXT COLLATE "C" NOT NULL,
    address         TEXT COLLATE "C" NOT NULL,
    size_bytes      BIGINT,
    PRIMARY KEY (organization_id, refused_id)
);

-- Who sends with no key that is known belongs to no organization, and is counted.
CREATE TABLE unknown_sender (
    address  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    requests BIGINT NOT NULL,
    first_us BIGINT NOT NULL,
    last_us  BIGINT NOT NULL,
    protocol TEXT COLLATE "C" NOT NULL,
    method   TEXT COLLATE "C" NOT NULL,
    path     TEXT COLLATE "C" NOT NULL,
    status   INTEGER NOT NULL,
    sentence TEXT COLLATE "C" NOT NULL
);
