-- name: list_settings(organization_id)
-- What is set in an organization, for each scope.
SELECT organization_id, setting_id, document
FROM setting
WHERE organization_id = :organization_id
ORDER BY setting_id;
