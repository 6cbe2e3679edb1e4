CREATE TABLE tier_policy (
    organization_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES organization,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    document        TEXT COLLATE "C" NOT NULL CHECK (CAST(document AS json) IS NOT NULL)
);

-- tier is what is shown, by the rules of the organization; said_tier is what the sender said.
-- No PostgreSQL database was made before this revision, so there is nothing to fill.
ALTER TABLE deployment ADD COLUMN said_tier TEXT COLLATE "C" NOT NULL DEFAULT 'unmapped' CHECK (
    said_tier IN ('development', 'testing', 'staging', 'production', 'unmapped')
);

DROP INDEX deployment_environment_name;
CREATE INDEX deployment_environment_name ON deployment
    (organization_id, environment_id, environment_name, tier, said_tier);
