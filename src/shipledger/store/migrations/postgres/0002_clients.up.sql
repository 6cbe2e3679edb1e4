ALTER TABLE credential ADD COLUMN breaks_ties_by_arrival INTEGER NOT NULL DEFAULT 0 CHECK (breaks_ties_by_arrival IN (0, 1));

-- What a client gets for its credential, for a quarter of an hour.
CREATE TABLE access_token (
    organization_id TEXT COLLATE "C" NOT NULL,
    -- A token proves its organization, so it is looked up without one.
    token_hash      BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    credential_id   TEXT COLLATE "C" NOT NULL,
    expires_us      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, token_hash),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
);

CREATE INDEX access_token_credential ON access_token (organization_id, credential_id, expires_us);

-- An app that signs its requests with a secret that we must know, so it is kept encrypted.
CREATE TABLE connect_app (
    organization_id       TEXT COLLATE "C" NOT NULL,
    credential_id         TEXT COLLATE "C" NOT NULL,
    app_key               TEXT COLLATE "C" NOT NULL CHECK (app_key <> ''),
    sealed_secret         BYTEA NOT NULL,
    has_deployment_module INTEGER NOT NULL CHECK (has_deployment_module IN (0, 1)),
    PRIMARY KEY (organization_id, credential_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
);

-- A token names its app, and its signature tells which installation of the app made it.
CREATE INDEX connect_app_key ON connect_app (app_key);
