-- name: create_credential(organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute, requests_per_second, breaks_ties_by_arrival, time_form, expires_us, digest)!
-- Add a credential.
INSERT INTO credential
    (organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
     requests_per_second, breaks_ties_by_arrival, time_form, expires_us, digest)
VALUES
    (:organization_id, :credential_id, :kind, :name, :secret_hash, :scopes, :created_us, :revoked_us,
     :requests_per_minute, :requests_per_second, :breaks_ties_by_arrival, :time_form, :expires_us, :digest);

-- name: find_credential_by_hash(secret_hash)^
-- The credential of a secret; the one look-up by which an organization is found.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form, expires_us
FROM credential
WHERE secret_hash = :secret_hash;

-- name: find_credential(organization_id, credential_id)^
-- A credential by its id.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form, expires_us
FROM credential
WHERE organization_id = :organization_id AND credential_id = :credential_id;

-- name: list_credentials(organization_id)
-- All credentials of an organization, newest first.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form, expires_us
FROM credential
WHERE organization_id = :organization_id
ORDER BY created_us DESC, credential_id DESC;

-- name: revoke_credential(organization_id, credential_id, now_us)!
-- Revoke a live credential.
UPDATE credential
SET revoked_us = :now_us
WHERE organization_id = :organization_id AND credential_id = :credential_id AND revoked_us IS NULL;

-- name: list_personal_tokens(first, last)
-- The credentials of a person, in whatever organization, newest first: ids between two, of which neither is one.
SELECT organization_id, credential_id, kind, name, secret_hash, scopes, created_us, revoked_us, requests_per_minute,
       requests_per_second, breaks_ties_by_arrival, time_form, expires_us
FROM credential
WHERE credential_id > :first AND credential_id < :last
ORDER BY created_us DESC, credential_id DESC;

-- name: revoke_personal_tokens(first, last, now_us)!
-- Revoke the live credentials of a person.
UPDATE credential
SET revoked_us = :now_us
WHERE credential_id > :first AND credential_id < :last AND revoked_us IS NULL;

-- name: save_sign_of_life(organization_id, credential_id, now_us)!
-- Note that a client of a live credential is there.
UPDATE credential
SET seen_us = :now_us
WHERE organization_id = :organization_id AND credential_id = :credential_id AND revoked_us IS NULL
    AND (seen_us IS NULL OR seen_us < :now_us);

-- name: list_signs_of_life(organization_id)
-- The last sign of life of each credential that gave one.
SELECT credential_id, seen_us
FROM credential
WHERE organization_id = :organization_id AND seen_us IS NOT NULL;
