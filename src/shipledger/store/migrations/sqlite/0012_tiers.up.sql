CREATE TABLE tier_policy (
    organization_id TEXT NOT NULL PRIMARY KEY REFERENCES organization,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    document        TEXT NOT NULL CHECK (json_valid(document))
) STRICT, WITHOUT ROWID;

-- tier is what is shown, by the rules of the organization; said_tier is what the sender said.
ALTER TABLE deployment ADD COLUMN said_tier TEXT NOT NULL DEFAULT 'unmapped' CHECK (
    said_tier IN ('development', 'testing', 'staging', 'production', 'unmapped')
);
UPDATE deployment SET said_tier = tier;

DROP INDEX deployment_environment_name;
CREATE INDEX deployment_environment_name ON deployment
    (organization_id, environment_id, environment_name, tier, said_tier);
