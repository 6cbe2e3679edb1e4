-- name: clear_deployment_releases()!
-- Empty a table that a rebuild fills.
DELETE FROM deployment_release;

-- name: clear_deployment_aliases()!
-- Empty a table that a rebuild fills.
DELETE FROM deployment_alias;

-- name: clear_deployments()!
-- Empty a table that a rebuild fills.
DELETE FROM deployment;

-- name: read_deployment_rows()
-- Every row in key order, for a digest.
SELECT organization_id, deployment_id, version, source, state, tier, environment_id, environment_name, started_us,
       ended_us, search, document, said_tier, succeeded_us, environment_key, merged_into
FROM deployment
ORDER BY organization_id, deployment_id;

-- name: read_deployment_alias_rows()
-- Every row in key order, for a digest.
SELECT organization_id, scope, key, deployment_id, is_identity, started_us
FROM deployment_alias
ORDER BY organization_id, scope, key, deployment_id;

-- name: read_deployment_release_rows()
-- Every row in key order, for a digest.
SELECT organization_id, deployment_id, ordinal, repository, repository_key, commit_id, is_repeat, environment_id,
       started_us, ended_us
FROM deployment_release
ORDER BY organization_id, deployment_id, ordinal;

-- name: clear_issue_standings()!
-- Empty a table that a rebuild fills.
DELETE FROM issue_standing;

-- name: read_issue_standing_rows()
-- Every row in key order, for a digest.
SELECT organization_id, issue_key, deployment_id, tier, line, state, sequence, placed_us, happened_us
FROM issue_standing
ORDER BY organization_id, issue_key, deployment_id;

-- name: clear_lanes()!
-- Empty a table that a rebuild fills.
DELETE FROM lane;

-- name: read_lane_rows()
-- Every row in key order, for a digest.
SELECT organization_id, deployment_id, lane_key, environment_key, part, at_us, placed_us, sequence, sender_id, until_us
FROM lane
ORDER BY organization_id, deployment_id, lane_key, part;

-- name: clear_deployment_tokens()!
-- Empty a table that a rebuild fills.
DELETE FROM deployment_token;

-- name: read_deployment_token_rows()
-- Every row in key order, for a digest.
SELECT organization_id, deployment_id, field, token, placed_us
FROM deployment_token
ORDER BY organization_id, deployment_id, field, token;
