-- name: list_views(organization_id, person_id)
-- What a person has kept in an organization, by name.
SELECT view_id, name, query, created_us
FROM saved_view
WHERE organization_id = :organization_id AND person_id = :person_id
ORDER BY name;

-- name: save_view(organization_id, person_id, view_id, name, query, created_us)!
-- Keep a filter under a name, in place of what was kept under that.
INSERT INTO saved_view (organization_id, person_id, view_id, name, query, created_us)
VALUES (:organization_id, :person_id, :view_id, :name, :query, :created_us)
ON CONFLICT (organization_id, person_id, name) DO UPDATE SET query = excluded.query;

-- name: delete_view(organization_id, person_id, view_id)!
-- Keep a filter no more.
DELETE FROM saved_view WHERE organization_id = :organization_id AND person_id = :person_id AND view_id = :view_id;
