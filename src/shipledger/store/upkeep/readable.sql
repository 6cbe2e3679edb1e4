-- name: read_credentials()
-- All credentials.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form, expires_us
FROM credential;

-- name: read_service_columns()
-- All services as they are listed.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us FROM service;

-- name: check_organizations()
-- All organizations with their digests.
SELECT organization_id, slug, name, created_us, digest FROM organization;

-- name: check_credentials()
-- All credentials with their digests.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, requests_per_minute, requests_per_second,
       breaks_ties_by_arrival, time_form, expires_us, digest
FROM credential;

-- name: read_seals()
-- All seals.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash FROM entry_seal;

-- name: read_verdicts()
-- All verdicts.
SELECT organization_id, receipt_id, item, kind, reason, sentence, subject, deployment_id, digest FROM verdict;

-- name: read_issues()
-- All issues of the directories.
SELECT organization_id, issue_key, issue_id, summary, kind, status FROM issue;

-- name: read_outbox_targets()
-- All targets.
SELECT /* target(t) */
FROM outbox_target AS t;

-- name: read_outbox_messages()
-- All messages.
SELECT /* message(m) */
FROM outbox_message AS m;

-- name: read_outbox_attempts()
-- The whole log of attempts.
SELECT organization_id, message_id, number, at_us, took_us, result, status, answer FROM outbox_attempt;

-- name: read_packs()
-- All git packs, without their content.
SELECT organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, credential_id FROM git_pack;
