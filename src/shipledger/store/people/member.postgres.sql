-- name: hold_members(organization_id)$
-- Wait for whoever changes who administers an organization, and let others wait. What is recorded there meanwhile does not.
SELECT 1 FROM organization WHERE organization_id = :organization_id FOR NO KEY UPDATE;
