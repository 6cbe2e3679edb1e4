-- name: save_organization(organization_id, slug, name, created_us, digest)!
-- Add a tenant.
INSERT INTO organization (organization_id, slug, name, created_us, digest)
VALUES (:organization_id, :slug, :name, :created_us, :digest);

-- name: find_organization(slug)^
-- The tenant with a slug.
SELECT organization_id, slug, name, created_us FROM organization WHERE slug = :slug;

-- name: list_organizations()
-- All tenants by slug.
SELECT organization_id, slug, name, created_us FROM organization ORDER BY slug;
