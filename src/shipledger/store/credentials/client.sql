-- name: forget_expired_tokens(organization_id, credential_id, now_us, latest_us)!
-- Remove the access tokens of a credential that are good no more, and those that would last too long.
DELETE FROM access_token
WHERE organization_id = :organization_id AND credential_id = :credential_id AND (expires_us <= :now_us OR expires_us > :latest_us);

-- name: save_access_token(organization_id, token_hash, credential_id, expires_us)!
-- Add an access token.
INSERT INTO access_token (organization_id, token_hash, credential_id, expires_us)
VALUES (:organization_id, :token_hash, :credential_id, :expires_us);

-- name: find_credential_by_token(token_hash, now_us, latest_us)^
-- The credential of an access token that has not expired. One that lasts too long was made while the clock was ahead.
SELECT c.organization_id, c.credential_id, c.kind, c.name, c.secret_hash, c.scopes, c.created_us, c.revoked_us,
       c.requests_per_minute, c.requests_per_second, c.breaks_ties_by_arrival, c.time_form, c.expires_us
FROM access_token AS t
JOIN credential AS c ON c.organization_id = t.organization_id AND c.credential_id = t.credential_id
WHERE t.token_hash = :token_hash AND t.expires_us > :now_us AND t.expires_us <= :latest_us;

-- name: save_signing_app(organization_id, credential_id, app_key, sealed_secret, has_deployment_module, links, next_sealed_secret)!
-- Add an app to its credential.
INSERT INTO connect_app
    (organization_id, credential_id, app_key, sealed_secret, has_deployment_module, links, next_sealed_secret)
VALUES
    (:organization_id, :credential_id, :app_key, :sealed_secret, :has_deployment_module, :links, :next_sealed_secret);

-- name: list_signing_apps(app_key, limit)
-- The installations of an app, in whatever organization, that are not revoked, with their credentials; newest first.
SELECT c.organization_id, c.credential_id, c.kind, c.name, c.secret_hash, c.scopes, c.created_us, c.revoked_us,
       c.requests_per_minute, c.requests_per_second, c.breaks_ties_by_arrival, c.time_form, c.expires_us, a.app_key, a.sealed_secret,
       a.has_deployment_module, a.links, a.previous_sealed_secret, a.previous_until_us, a.is_enabled, a.next_sealed_secret
FROM connect_app AS a
JOIN credential AS c ON c.organization_id = a.organization_id AND c.credential_id = a.credential_id
WHERE a.app_key = :app_key AND c.revoked_us IS NULL
ORDER BY c.credential_id DESC
LIMIT :limit;

-- name: list_signing_apps_of(organization_id)
-- The apps of an organization that are not revoked, with their credentials; newest first.
SELECT c.organization_id, c.credential_id, c.kind, c.name, c.secret_hash, c.scopes, c.created_us, c.revoked_us,
       c.requests_per_minute, c.requests_per_second, c.breaks_ties_by_arrival, c.time_form, c.expires_us, a.app_key, a.sealed_secret,
       a.has_deployment_module, a.links, a.previous_sealed_secret, a.previous_until_us, a.is_enabled, a.next_sealed_secret
FROM connect_app AS a
JOIN credential AS c ON c.organization_id = a.organization_id AND c.credential_id = a.credential_id
WHERE a.organization_id = :organization_id AND c.revoked_us IS NULL
ORDER BY c.credential_id DESC;

-- name: update_signing_app(organization_id, credential_id, expected_secret, sealed_secret, has_deployment_module, links, previous_sealed_secret, previous_until_us, is_enabled, next_sealed_secret)!
-- Change an app, unless its secret was changed meanwhile.
UPDATE connect_app
SET sealed_secret = :sealed_secret, has_deployment_module = :has_deployment_module, links = :links,
    previous_sealed_secret = :previous_sealed_secret, previous_until_us = :previous_until_us, is_enabled = :is_enabled,
    next_sealed_secret = :next_sealed_secret
WHERE organization_id = :organization_id AND credential_id = :credential_id AND sealed_secret = :expected_secret;

-- name: update_app_credential(organization_id, credential_id, name, scopes, digest)!
-- Change the name and the rights of an app that is not revoked.
UPDATE credential SET name = :name, scopes = :scopes, digest = :digest
WHERE organization_id = :organization_id AND credential_id = :credential_id AND revoked_us IS NULL;

-- name: save_signing_key(organization_id, key_id, sealed_private_key, public_key, created_us)!
-- Add a key that calls to apps are signed with.
INSERT INTO signing_key (organization_id, key_id, sealed_private_key, public_key, created_us)
VALUES (:organization_id, :key_id, :sealed_private_key, :public_key, :created_us);

-- name: find_signing_key(organization_id, key_id)^
-- One key of an organization.
SELECT organization_id, key_id, sealed_private_key, public_key, created_us
FROM signing_key
WHERE organization_id = :organization_id AND key_id = :key_id;

-- name: find_newest_signing_key(organization_id)^
-- The key that an organization signs with now.
SELECT organization_id, key_id, sealed_private_key, public_key, created_us
FROM signing_key
WHERE organization_id = :organization_id
ORDER BY key_id DESC
LIMIT 1;
