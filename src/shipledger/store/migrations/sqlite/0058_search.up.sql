-- By what a search finds a deployment, besides its names: the words of its title, and its version, as they compare.
CREATE TABLE deployment_token (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    field           TEXT NOT NULL CHECK (field IN ('title', 'version')),
    token           TEXT NOT NULL,
    placed_us       INTEGER NOT NULL,
    PRIMARY KEY (organization_id, deployment_id, field, token)
) STRICT, WITHOUT ROWID;

CREATE INDEX deployment_token_order ON deployment_token (organization_id, field, token, placed_us, deployment_id);

-- The words of the titles of incidents, and of pull requests.
CREATE TABLE incident_token (
    organization_id TEXT NOT NULL,
    incident_id     TEXT NOT NULL,
    token           TEXT NOT NULL,
    placed_us       INTEGER NOT NULL,
    PRIMARY KEY (organization_id, incident_id, token),
    FOREIGN KEY (organization_id, incident_id) REFERENCES incident ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX incident_token_order ON incident_token (organization_id, token, placed_us, incident_id);

CREATE TABLE pull_request_token (
    organization_id TEXT NOT NULL,
    pull_request_id TEXT NOT NULL,
    token           TEXT NOT NULL,
    placed_us       INTEGER NOT NULL,
    PRIMARY KEY (organization_id, pull_request_id, token),
    FOREIGN KEY (organization_id, pull_request_id) REFERENCES pull_request ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX pull_request_token_order ON pull_request_token (organization_id, token, placed_us, pull_request_id);
