-- name: settle_receipts(keys, settled_us)!
-- End pending receipts, whose verdicts and entries say from now on what they asked for: organization, id.
UPDATE receipt
SET state = 'settled', claimed_by = NULL, settled_us = :settled_us, translation = NULL
WHERE (organization_id, receipt_id) IN (
        SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
    ) /* on Citus: organization_id of :keys */
    AND state = 'pending';

-- name: append_verdicts(rows, settled_us)!
-- Keep verdicts: organization, receipt, item, kind, reason, sentence, subject, deployment, digest.
INSERT INTO verdict
    (organization_id, receipt_id, item, kind, reason, sentence, subject, deployment_id, settled_us, digest)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    :settled_us, value ->> 8
FROM /* each(:rows, w) */;

-- name: list_stale_projections(keys)
-- Those deployments of (organization, id, version) that are stored at a newer version.
SELECT d.organization_id, d.deployment_id
FROM /* each(:keys, w) */
CROSS JOIN deployment AS d
WHERE d.organization_id = w.value ->> 0 AND d.deployment_id = w.value ->> 1 AND d.version > CAST(w.value ->> 2 AS integer)
    /* on Citus: d.organization_id of :keys */;

-- name: save_deployments(rows)
-- Add deployments or replace older versions of them; the columns in order. Gives a row for each that was.
INSERT INTO deployment
    (organization_id, deployment_id, version, source, state, tier, environment_id, environment_name, started_us, ended_us,
     search, document, said_tier, succeeded_us, environment_key, merged_into)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    CAST(value ->> 8 AS bigint), CAST(value ->> 9 AS bigint), value ->> 10, value ->> 11, value ->> 12,
    CAST(value ->> 13 AS bigint), value ->> 14, value ->> 15
FROM /* each(:rows, w) */
WHERE true
ON CONFLICT (organization_id, deployment_id) DO UPDATE
SET version = excluded.version, source = excluded.source, state = excluded.state, tier = excluded.tier,
    environment_id = excluded.environment_id, environment_name = excluded.environment_name,
    started_us = excluded.started_us, ended_us = excluded.ended_us, search = excluded.search,
    document = excluded.document, said_tier = excluded.said_tier, succeeded_us = excluded.succeeded_us,
    environment_key = excluded.environment_key, merged_into = excluded.merged_into
WHERE deployment.version <= excluded.version
RETURNING 1;

-- name: delete_deployments(keys)!
-- Forget removed deployments: organization, id.
DELETE FROM deployment
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: delete_aliases(keys)!
-- Forget the names of deployments: organization, id.
DELETE FROM deployment_alias
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_aliases(rows)!
-- Keep the names of deployments: organization, scope, key, deployment, whether an identity, the start of a service's.
INSERT INTO deployment_alias (organization_id, scope, key, deployment_id, is_identity, started_us)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, CAST(value ->> 4 AS integer), CAST(value ->> 5 AS bigint)
FROM /* each(:rows, w) */;

-- name: delete_releases(keys)!
-- Forget the releases of deployments: organization, id.
DELETE FROM deployment_release
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_releases(rows)!
-- Keep the releases of deployments; the columns in order.
INSERT INTO deployment_release
    (organization_id, deployment_id, ordinal, repository, repository_key, commit_id, is_repeat, environment_id, started_us,
     ended_us)
SELECT
    value ->> 0, value ->> 1, CAST(value ->> 2 AS integer), value ->> 3, value ->> 4, value ->> 5,
    CAST(value ->> 6 AS integer), value ->> 7, CAST(value ->> 8 AS bigint), CAST(value ->> 9 AS bigint)
FROM /* each(:rows, w) */;

-- name: delete_issue_standings(keys)!
-- Forget how deployments stand to issues: organization, id.
DELETE FROM issue_standing
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_issue_standings(rows)!
-- Keep how deployments stand to the issues that they name; the columns in order.
INSERT INTO issue_standing
    (organization_id, issue_key, deployment_id, tier, line, state, sequence, placed_us, happened_us)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, CAST(value ->> 6 AS bigint),
    CAST(value ->> 7 AS bigint), CAST(value ->> 8 AS bigint)
FROM /* each(:rows, w) */;

-- name: delete_lanes(keys)!
-- Forget the lanes of deployments: organization, id.
DELETE FROM lane
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_lanes(rows)!
-- Keep the lanes of deployments; the columns in order.
INSERT INTO lane
    (organization_id, deployment_id, lane_key, environment_key, part, at_us, placed_us, sequence, sender_id, until_us)
SELECT
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, CAST(value ->> 5 AS bigint), CAST(value ->> 6 AS bigint),
    CAST(value ->> 7 AS bigint), value ->> 8, CAST(value ->> 9 AS bigint)
FROM /* each(:rows, w) */;

-- name: delete_deployment_tokens(keys)!
-- Forget by what a search finds deployments: organization, id.
DELETE FROM deployment_token
WHERE (organization_id, deployment_id) IN (
    SELECT value ->> 0, value ->> 1 FROM /* each(:keys, w) */
) /* on Citus: organization_id of :keys */;

-- name: save_deployment_tokens(rows)!
-- Keep by what a search finds deployments; the columns in order.
INSERT INTO deployment_token (organization_id, deployment_id, field, token, placed_us)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, CAST(value ->> 4 AS bigint)
FROM /* each(:rows, w) */;
