-- name: find_member_of(organization_id, person_id)^
-- What a person is in an organization.
SELECT document
FROM member
WHERE organization_id = :organization_id AND person_id = :person_id;

-- name: find_membership(organization_id, person_id)^
-- What a person is in an organization, with the organization.
SELECT o.organization_id, o.slug, o.name, o.created_us, m.member_id, m.document
FROM member AS m
JOIN organization AS o ON o.organization_id = m.organization_id
WHERE m.organization_id = :organization_id AND m.person_id = :person_id;

-- name: list_members(organization_id)
-- The memberships of an organization.
SELECT member_id, document
FROM member
WHERE organization_id = :organization_id
ORDER BY member_id;

-- name: list_known_members(organization_id)
-- The memberships of an organization, with whom they are of.
SELECT m.organization_id, m.member_id, m.document, p.person_id, p.email, p.name
FROM member AS m
JOIN person AS p ON p.person_id = m.person_id
WHERE m.organization_id = :organization_id
ORDER BY m.member_id;

-- name: list_left_member_entries(organization_id)
-- The entries of memberships that have ended, each in order.
SELECT e.organization_id, e.member_id, e.version, e.receipt_id, e.item, e.accepted_us, e.recorded_us, e.submission, e.actor
FROM member_entry AS e
WHERE e.organization_id = :organization_id
    AND NOT EXISTS (
        SELECT 1 FROM member AS m WHERE m.organization_id = e.organization_id AND m.member_id = e.member_id
    )
ORDER BY e.member_id, e.version;

-- name: find_other_membership(organization_id, person_id)$
-- Gives 1 when a person belongs to another organization.
SELECT 1
WHERE EXISTS (SELECT 1 FROM member WHERE person_id = :person_id AND organization_id <> :organization_id);

-- name: list_memberships(person_id)
-- The memberships of a person, with the organizations: the look-up by which these are found.
SELECT o.organization_id, o.slug, o.name, o.created_us, m.member_id, m.document
FROM member AS m
JOIN organization AS o ON o.organization_id = m.organization_id
WHERE m.person_id = :person_id
ORDER BY o.slug;

-- name: has_member_entries()$
-- Gives 1 when anybody has ever belonged to any organization.
SELECT 1 WHERE EXISTS (SELECT 1 FROM member_entry);

-- name: has_member_tombstones()$
-- Gives 1 when that was erased of anybody.
SELECT 1 WHERE EXISTS (SELECT 1 FROM tombstone WHERE kind = 'member_entry');
