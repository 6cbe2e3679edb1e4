-- name: read_credentials()
-- All credentials.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form
FROM credential;

-- name: read_services()
-- All services.
SELECT organization_id, service_id, slug, name, description, team_id, visibility, tags, created_us FROM service;

-- name: read_entries()
-- All entries of deployments.
SELECT organization_id, deployment_id, version, receipt_id, item, accepted_us, recorded_us, submission FROM entry;

-- name: read_incident_entries()
-- All entries of incidents.
SELECT organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission FROM incident_entry;

-- name: read_seals()
-- All seals.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash FROM entry_seal;

-- name: read_deployments()
-- All deployments as they are shown.
SELECT organization_id, deployment_id, document FROM deployment;

-- name: read_incidents()
-- All incidents as they are shown.
SELECT organization_id, incident_id, document FROM incident;
