-- name: find_teller(organization_id, credential_id)$
-- Gives 1 while there is this credential.
SELECT 1 FROM credential WHERE organization_id = :organization_id AND credential_id = :credential_id;

-- name: save_told_repository(organization_id, credential_id, remote_id, repository, repository_key, name, url, update_sequence, properties, learned_us)!
-- Add a repository that a sender tells of, or replace what it told before.
INSERT INTO told_repository (
    organization_id, credential_id, remote_id, repository, repository_key, name, url, update_sequence, properties, learned_us
)
VALUES (
    :organization_id, :credential_id, :remote_id, :repository, :repository_key, :name, :url, :update_sequence, :properties,
    :learned_us
)
ON CONFLICT (organization_id, credential_id, remote_id) DO UPDATE
SET repository = excluded.repository, repository_key = excluded.repository_key, name = excluded.name, url = excluded.url,
    update_sequence = excluded.update_sequence, properties = excluded.properties, learned_us = excluded.learned_us
WHERE told_repository.update_sequence < excluded.update_sequence;

-- name: list_told_repositories(organization_id, credential_id, remote_id)
-- The repositories that a sender tells of; the one with an id, unless that is empty.
SELECT organization_id, credential_id, remote_id, repository, name, url, update_sequence, properties
FROM told_repository
WHERE organization_id = :organization_id AND credential_id = :credential_id AND (:remote_id = '' OR remote_id = :remote_id)
ORDER BY remote_id;

-- name: forget_untold_commits(organization_id, repository_key, commit_id)!
-- Forget the commits of a repository, or one, that were only told, and that nobody tells of any more.
DELETE FROM git_commit
WHERE organization_id = :organization_id AND repository_key = :repository_key AND tree = ''
    AND (:commit_id = '' OR commit_id = :commit_id)
    AND NOT EXISTS (
        SELECT 1
        FROM git_commit_sender AS s
        WHERE s.organization_id = git_commit.organization_id
            AND s.repository_key = git_commit.repository_key
            AND s.commit_id = git_commit.commit_id
    );

-- name: forget_told_repository(organization_id, credential_id, remote_id, until)!
-- Forget a repository that a sender told of, unless it is newer.
DELETE FROM told_repository
WHERE organization_id = :organization_id AND credential_id = :credential_id AND remote_id = :remote_id
    AND update_sequence <= :until;

-- name: reduce_commit(organization_id, repository_key, commit_id)!
-- Keep of a commit only that it was told, once all who sent it are forgotten.
UPDATE git_commit
SET parents = '', tree = '', subject = '', is_known = 0, has_parents = 0, author_name = '', author_hash = '', message = '',
    learned_us = NULL
WHERE organization_id = :organization_id AND repository_key = :repository_key AND commit_id = :commit_id AND has_parents = 1
    AND NOT EXISTS (
        SELECT 1
        FROM git_commit_sender AS s
        WHERE s.organization_id = git_commit.organization_id
            AND s.repository_key = git_commit.repository_key
            AND s.commit_id = git_commit.commit_id
            AND (s.told IS NULL OR (git_commit.tree = '' AND s.told LIKE '%"parents":[%'))
    );

-- name: save_told_commits(organization_id, repository_key, rows)!
-- Add commits that were told: id, times of author and commit, parents, whether these were told. One that was sent stays.
INSERT INTO git_commit (
    organization_id, repository_key, commit_id, parents, tree, authored_us, committed_us, subject, is_known, has_parents
)
SELECT
    :organization_id, :repository_key, value ->> 0, value ->> 3, '', CAST(value ->> 1 AS bigint), CAST(value ->> 2 AS bigint),
    '', 0, CAST(value ->> 4 AS integer)
FROM /* each(:rows, w) */
WHERE true
ON CONFLICT (organization_id, repository_key, commit_id) DO UPDATE
SET parents = excluded.parents, has_parents = 1, committed_us = excluded.committed_us
WHERE git_commit.tree = '' AND excluded.has_parents = 1;

-- name: save_tellings(organization_id, repository_key, credential_id, remote_id, learned_us, rows)!
-- Keep what a sender tells of commits, unless it has told something newer: id, its number, the words.
INSERT INTO git_commit_sender (
    organization_id, repository_key, commit_id, credential_id, remote_id, learned_us, update_sequence, told
)
SELECT
    :organization_id, :repository_key, value ->> 0, :credential_id, :remote_id, :learned_us, CAST(value ->> 1 AS bigint),
    value ->> 2
FROM /* each(:rows, w) */
WHERE true
ON CONFLICT (organization_id, repository_key, commit_id, credential_id) DO UPDATE
SET remote_id = excluded.remote_id, learned_us = excluded.learned_us, update_sequence = excluded.update_sequence,
    told = excluded.told
WHERE git_commit_sender.told IS NULL OR git_commit_sender.update_sequence < excluded.update_sequence;

-- name: find_told_names(organization_id, credential_id, ids)
-- What the repositories are called that a sender tells of by these ids.
SELECT t.remote_id, t.repository
FROM /* each_text(:ids, w) */
CROSS JOIN told_repository AS t
WHERE t.organization_id = :organization_id AND t.credential_id = :credential_id AND t.remote_id = w.value;

-- name: list_told_commits(organization_id, credential_id, remote_id, limit)
-- What a sender tells of the commits of a repository, the newest first.
SELECT commit_id, update_sequence, told
FROM git_commit_sender /* by(git_commit_sender_told) */
WHERE organization_id = :organization_id AND credential_id = :credential_id AND remote_id = :remote_id AND told IS NOT NULL
ORDER BY learned_us DESC, commit_id
LIMIT :limit;

-- name: forget_told_commits(organization_id, credential_id, remote_id, commit_id, until)!
-- Forget what a sender told of the commits of a repository, or of one, as far as that is no newer.
DELETE FROM git_commit_sender /* by(git_commit_sender_told) */
WHERE organization_id = :organization_id AND credential_id = :credential_id AND remote_id = :remote_id AND told IS NOT NULL
    AND (:commit_id = '' OR commit_id = :commit_id)
    AND update_sequence <= :until;
