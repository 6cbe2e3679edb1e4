-- name: forget_expired_tokens(organization_id, credential_id, now_us)!
-- Remove the access tokens of a credential that are good no more.
DELETE FROM access_token
WHERE organization_id = :organization_id AND credential_id = :credential_id AND expires_us <= :now_us;

-- name: save_access_token(organization_id, token_hash, credential_id, expires_us)!
-- Add an access token.
INSERT INTO access_token (organization_id, token_hash, credential_id, expires_us)
VALUES (:organization_id, :token_hash, :credential_id, :expires_us);

-- name: find_credential_by_token(token_hash, now_us)^
-- The credential of an access token that has not expired.
SELECT c.organization_id, c.credential_id, c.kind, c.name, c.secret_hash, c.scopes, c.created_us, c.revoked_us,
       c.requests_per_minute, c.requests_per_second, c.breaks_ties_by_arrival, c.time_form
FROM access_token AS t
JOIN credential AS c ON c.organization_id = t.organization_id AND c.credential_id = t.credential_id
WHERE t.token_hash = :token_hash AND t.expires_us > :now_us;

-- name: save_connect_app(organization_id, credential_id, app_key, sealed_secret, has_deployment_module)!
-- Add an app to its credential.
INSERT INTO connect_app (organization_id, credential_id, app_key, sealed_secret, has_deployment_module)
VALUES (:organization_id, :credential_id, :app_key, :sealed_secret, :has_deployment_module);

-- name: list_connect_apps(app_key, limit)
-- The installations of an app, in whatever organization, that are not revoked, with their credentials; newest first.
SELECT c.organization_id, c.credential_id, c.kind, c.name, c.secret_hash, c.scopes, c.created_us, c.revoked_us,
       c.requests_per_minute, c.requests_per_second, c.breaks_ties_by_arrival, c.time_form, a.app_key, a.sealed_secret,
       a.has_deployment_module
FROM connect_app AS a
JOIN credential AS c ON c.organization_id = a.organization_id AND c.credential_id = a.credential_id
WHERE a.app_key = :app_key AND c.revoked_us IS NULL
ORDER BY c.credential_id DESC
LIMIT :limit;
