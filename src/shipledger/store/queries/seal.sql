-- name: find_last_deployment_position(organization_id)$
-- The place of the newest entry of a deployment.
SELECT max(position) FROM entry WHERE organization_id = :organization_id;

-- name: find_last_incident_position(organization_id)$
-- The place of the newest entry of an incident.
SELECT max(position) FROM incident_entry WHERE organization_id = :organization_id;

-- name: list_placed_deployment_entries(organization_id, after, until, limit)
-- Entries of deployments by their place, with the digests of those that are erased.
SELECT e.position, e.organization_id, e.deployment_id, e.version, e.receipt_id, e.item, e.accepted_us, e.recorded_us,
       e.submission, e.actor, t.digest
FROM entry AS e
LEFT JOIN tombstone AS t
    ON t.organization_id = e.organization_id
    AND t.kind = 'deployment_entry'
    AND t.subject_id = e.deployment_id
    AND t.version = e.version
WHERE e.organization_id = :organization_id AND e.position > :after AND e.position <= :until
ORDER BY e.position, e.deployment_id, e.version
LIMIT :limit;

-- name: list_placed_incident_entries(organization_id, after, until, limit)
-- Entries of incidents by their place, with the digests of those that are erased.
SELECT e.position, e.organization_id, e.incident_id, e.version, e.receipt_id, e.item, e.accepted_us, e.recorded_us,
       e.submission, e.actor, t.digest
FROM incident_entry AS e
LEFT JOIN tombstone AS t
    ON t.organization_id = e.organization_id
    AND t.kind = 'incident_entry'
    AND t.subject_id = e.incident_id
    AND t.version = e.version
WHERE e.organization_id = :organization_id AND e.position > :after AND e.position <= :until
ORDER BY e.position, e.incident_id, e.version
LIMIT :limit;

-- name: count_deployment_entries_after(organization_id, after)$
-- How many entries of deployments stand after a place.
SELECT count(*) FROM entry WHERE organization_id = :organization_id AND position > :after;

-- name: count_incident_entries_after(organization_id, after)$
-- How many entries of incidents stand after a place.
SELECT count(*) FROM incident_entry WHERE organization_id = :organization_id AND position > :after;

-- name: append_seal(organization_id, number, previous, sealed_us, covered, entries, hash)!
-- Add a seal.
INSERT INTO entry_seal (organization_id, number, previous, sealed_us, covered, entries, hash)
VALUES (:organization_id, :number, :previous, :sealed_us, :covered, :entries, :hash);

-- name: find_last_seal(organization_id)^
-- The newest seal.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash
FROM entry_seal
WHERE organization_id = :organization_id AND number > 0
ORDER BY number DESC
LIMIT 1;

-- name: list_seals(organization_id, after, limit)
-- Seals in their order.
SELECT organization_id, number, previous, sealed_us, covered, entries, hash
FROM entry_seal
WHERE organization_id = :organization_id AND number > :after
ORDER BY number
LIMIT :limit;
