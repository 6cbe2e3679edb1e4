-- A row for each issue that a deployment names: where the deployment stands among those of its line, and how it ended.
CREATE TABLE issue_standing (
    organization_id TEXT COLLATE "C" NOT NULL,
    issue_key       TEXT COLLATE "C" NOT NULL,
    deployment_id   TEXT COLLATE "C" NOT NULL,
    tier            TEXT COLLATE "C" NOT NULL CHECK (tier IN ('development', 'testing', 'staging', 'production', 'unmapped')),
    -- One sender's pipeline in one environment, by their names, as a short hash.
    line            TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (
        state IN ('pending', 'in_progress', 'successful', 'failed', 'cancelled', 'rolled_back', 'unknown')
    ),
    -- The sender's number of the deployment within the line; the least number where it has none.
    sequence        BIGINT NOT NULL,
    -- When it began, and when what stands of it came about.
    placed_us       BIGINT NOT NULL,
    happened_us     BIGINT NOT NULL,
    PRIMARY KEY (organization_id, issue_key, deployment_id)
);

CREATE INDEX issue_standing_deployment ON issue_standing (organization_id, deployment_id);

-- Names of issues and of projects carry the start, too: what a project deployed is listed by it, not by when it was told.
UPDATE deployment_alias
SET started_us = (
    SELECT d.started_us
    FROM deployment AS d
    WHERE d.organization_id = deployment_alias.organization_id AND d.deployment_id = deployment_alias.deployment_id
)
WHERE scope IN ('issue', 'project');
