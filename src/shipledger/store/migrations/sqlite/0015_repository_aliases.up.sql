-- Repositories that were recorded under another name before: their services are those of that name, until somebody says.
CREATE TABLE repository_alias (
    organization_id TEXT NOT NULL REFERENCES organization,
    -- The canonical name without case, and as written.
    repository_key  TEXT NOT NULL CHECK (repository_key <> ''),
    repository      TEXT NOT NULL,
    -- The name before, without case.
    former_key      TEXT NOT NULL CHECK (former_key <> '' AND former_key <> repository_key),
    -- 0 once somebody has said by hand what the repository belongs to.
    is_followed     INTEGER NOT NULL DEFAULT 1 CHECK (is_followed IN (0, 1)),
    PRIMARY KEY (organization_id, repository_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX repository_alias_former ON repository_alias (organization_id, former_key);

CREATE INDEX service_repository_key ON service_repository (organization_id, repository_key);
