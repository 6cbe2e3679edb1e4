-- name: find_incident(organization_id, incident_id)$
-- An incident by its id.
SELECT document FROM incident WHERE organization_id = :organization_id AND incident_id = :incident_id;

-- name: list_incident_entries_after(organization_id, incident_id, version, limit)
-- The next entries of all incidents, in key order.
SELECT organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM incident_entry
WHERE (organization_id, incident_id, version) > (:organization_id, :incident_id, :version)
ORDER BY organization_id, incident_id, version
LIMIT :limit;

-- name: clear_incidents()!
-- Empty the tables that a rebuild fills: names go with their incidents.
DELETE FROM incident;

-- name: read_incident_rows()
-- Every row in key order, for a digest.
SELECT organization_id, incident_id, version, started_us, ended_us, document
FROM incident
ORDER BY organization_id, incident_id;

-- name: read_incident_alias_rows()
-- Every row in key order, for a digest.
SELECT organization_id, scope, key, incident_id
FROM incident_alias
ORDER BY organization_id, scope, key;

-- name: list_incident_entries(organization_id, incident_id)
-- All entries of an incident, in order.
SELECT organization_id, incident_id, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM incident_entry
WHERE organization_id = :organization_id AND incident_id = :incident_id
ORDER BY version;

-- name: find_last_incident_number(organization_id)$
-- The greatest number that an incident of an organization had, removed or not.
SELECT max(number)
FROM incident_entry
WHERE organization_id = :organization_id AND number IS NOT NULL;
