-- name: hold_members(organization_id)$
-- Only one transaction writes at a time, so nobody needs to wait.
SELECT 1 FROM organization WHERE organization_id = :organization_id;
