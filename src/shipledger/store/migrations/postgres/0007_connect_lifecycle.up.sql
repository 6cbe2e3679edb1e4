-- What the descriptor of an app says of where to reach it; NULL for an app that was made by hand.
ALTER TABLE connect_app ADD COLUMN links TEXT COLLATE "C" CHECK (links IS NULL OR CAST(links AS json) IS NOT NULL);

-- While a secret is changed, the one before it is good for a few minutes more.
ALTER TABLE connect_app ADD COLUMN previous_sealed_secret BYTEA;
ALTER TABLE connect_app ADD COLUMN previous_until_us BIGINT
    CHECK ((previous_until_us IS NULL) = (previous_sealed_secret IS NULL));

ALTER TABLE connect_app ADD COLUMN is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1));

-- What an organization signs its calls to apps with. An app fetches the public key by its id.
CREATE TABLE signing_key (
    organization_id    TEXT COLLATE "C" NOT NULL REFERENCES organization,
    key_id             TEXT COLLATE "C" NOT NULL,
    sealed_private_key BYTEA NOT NULL,
    public_key         TEXT COLLATE "C" NOT NULL CHECK (public_key <> ''),
    created_us         BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key_id)
);
