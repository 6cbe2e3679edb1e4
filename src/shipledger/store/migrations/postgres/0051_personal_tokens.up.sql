-- Until when a credential is good; none: until it is revoked. Tokens of people, whose ids begin with those of their owners, have it.
ALTER TABLE credential ADD COLUMN expires_us BIGINT;

-- Also for the one look-up by which the tokens of a person are found.
CREATE INDEX credential_by_id ON credential (credential_id);

-- What was asked with a credential, hour by hour, and where the last request came from. It is counted beside the requests, and
-- the last seconds before a crash may be missing.
CREATE TABLE credential_use (
    organization_id TEXT COLLATE "C" NOT NULL,
    credential_id   TEXT COLLATE "C" NOT NULL,
    hour_us         BIGINT NOT NULL,
    seen_us         BIGINT NOT NULL,
    address         TEXT COLLATE "C" NOT NULL,
    requests        BIGINT NOT NULL CHECK (requests >= 0),
    refused         BIGINT NOT NULL CHECK (refused >= 0),
    last_refusal    INTEGER NOT NULL, -- its status; 0: none in this hour
    ahead_ms        BIGINT NOT NULL, -- how far the times that it sent lay in the future at most
    PRIMARY KEY (organization_id, credential_id, hour_us),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
);

CREATE INDEX credential_use_hour ON credential_use (hour_us);
