-- name: list_commits_to_erase(organization_id, credential_id, after_key, after_commit, limit)
-- The next commits, with 1 for those that a credential, or any for '', sent.
SELECT
    c.repository_key,
    c.commit_id,
    CASE
        WHEN :credential_id = '' THEN 1
        WHEN EXISTS (
            SELECT 1
            FROM git_commit_sender AS s
            WHERE s.organization_id = :organization_id
                AND s.repository_key = c.repository_key
                AND s.commit_id = c.commit_id
                AND s.credential_id = :credential_id
        ) THEN 1
        ELSE 0
    END
FROM git_commit AS c
WHERE c.organization_id = :organization_id AND (c.repository_key, c.commit_id) > (:after_key, :after_commit)
ORDER BY c.repository_key, c.commit_id
LIMIT :limit;

-- name: forget_commit_sender(organization_id, repository_key, commit_id, credential_id)!
-- Forget that a credential, or any for '', sent a commit.
DELETE FROM git_commit_sender
WHERE organization_id = :organization_id
    AND repository_key = :repository_key
    AND commit_id = :commit_id
    AND (:credential_id = '' OR credential_id = :credential_id);

-- name: forget_commit_without_sender(organization_id, repository_key, commit_id)!
-- Forget a commit, unless another credential sent it too.
DELETE FROM git_commit
WHERE organization_id = :organization_id
    AND repository_key = :repository_key
    AND commit_id = :commit_id
    AND NOT EXISTS (
        SELECT 1
        FROM git_commit_sender AS s
        WHERE s.organization_id = git_commit.organization_id
            AND s.repository_key = git_commit.repository_key
            AND s.commit_id = git_commit.commit_id
    );

-- name: list_packs_to_erase(organization_id, credential_id, after, limit)
-- The next packs, with the name that git gave each and 1 for those that a credential, or any for '', sent.
SELECT organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, credential_id, pack_name,
       CASE WHEN :credential_id = '' OR credential_id = :credential_id THEN 1 ELSE 0 END
FROM git_pack
WHERE organization_id = :organization_id AND pack_id > :after
ORDER BY pack_id
LIMIT :limit;

-- name: forget_pack(organization_id, pack_id)!
-- Forget a pack.
DELETE FROM git_pack WHERE organization_id = :organization_id AND pack_id = :pack_id;

-- name: forget_some_issues(organization_id, limit)!
-- Forget some issues of the directory.
DELETE FROM issue
WHERE organization_id = :organization_id
    AND issue_key IN (SELECT i.issue_key FROM issue AS i WHERE i.organization_id = :organization_id ORDER BY i.issue_key LIMIT :limit);

-- name: forget_some_services(organization_id, limit)!
-- Forget some services; what belongs to them goes with them.
DELETE FROM service
WHERE organization_id = :organization_id
    AND service_id IN (SELECT s.service_id FROM service AS s WHERE s.organization_id = :organization_id ORDER BY s.service_id LIMIT :limit);

-- name: forget_repository_aliases(organization_id)!
-- Forget what a version before entries kept of repositories.
DELETE FROM repository_alias WHERE organization_id = :organization_id;

-- name: forget_repositories(organization_id)!
-- Forget repositories that such a version kept.
DELETE FROM named_repository WHERE organization_id = :organization_id;

-- name: forget_issue_site(organization_id)!
-- Forget where issues are read from.
DELETE FROM issue_site WHERE organization_id = :organization_id;

-- name: forget_association_rules(organization_id)!
-- Forget what an organization takes for known.
DELETE FROM association_rules WHERE organization_id = :organization_id;

-- name: forget_settings(organization_id)!
-- Forget what an organization has set, as far as no entry says so.
DELETE FROM setting WHERE organization_id = :organization_id;

-- name: forget_signing_keys(organization_id)!
-- Forget what an organization signs its calls with.
DELETE FROM signing_key WHERE organization_id = :organization_id;

-- name: forget_targets(organization_id)!
-- Forget whom an organization tells, with what it told them.
DELETE FROM outbox_target WHERE organization_id = :organization_id;

-- name: forget_tier_policy(organization_id)!
-- Forget which tiers environments have.
DELETE FROM tier_policy WHERE organization_id = :organization_id;

-- name: forget_refused_of(organization_id, credential_id)!
-- Forget the refused requests of a credential, or of all for ''.
DELETE FROM refused_request
WHERE organization_id = :organization_id AND (:credential_id = '' OR credential_id = :credential_id);

-- name: forget_looks(organization_id)!
-- Forget who looked when.
DELETE FROM person_look WHERE organization_id = :organization_id;

-- name: forget_views(organization_id)!
-- Forget which filters people keep.
DELETE FROM saved_view WHERE organization_id = :organization_id;

-- name: rename_organization(organization_id, slug, name, digest)!
-- Give an organization another name.
UPDATE organization SET slug = :slug, name = :name, digest = :digest WHERE organization_id = :organization_id;
