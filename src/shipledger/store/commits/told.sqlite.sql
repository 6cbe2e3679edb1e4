-- name: save_told_commits(organization_id, repository_key, rows)!
-- Add commits that were told: id, times of author and commit, parents, whether these were told. One that was sent stays.
INSERT INTO git_commit (
    organization_id, repository_key, commit_id, parents, tree, authored_us, committed_us, subject, is_known, has_parents
)
SELECT :organization_id, :repository_key, value ->> 0, value ->> 3, '', value ->> 1, value ->> 2, '', 0, value ->> 4
FROM json_each(:rows)
WHERE true
ON CONFLICT (organization_id, repository_key, commit_id) DO UPDATE
SET parents = excluded.parents, has_parents = 1, committed_us = excluded.committed_us
WHERE git_commit.tree = '' AND excluded.has_parents = 1;

-- name: save_tellings(organization_id, repository_key, credential_id, remote_id, learned_us, rows)!
-- Keep what a sender tells of commits, unless it has told something newer: id, its number, the words.
INSERT INTO git_commit_sender (
    organization_id, repository_key, commit_id, credential_id, remote_id, learned_us, update_sequence, told
)
SELECT :organization_id, :repository_key, value ->> 0, :credential_id, :remote_id, :learned_us, value ->> 1, value ->> 2
FROM json_each(:rows)
WHERE true
ON CONFLICT (organization_id, repository_key, commit_id, credential_id) DO UPDATE
SET remote_id = excluded.remote_id, learned_us = excluded.learned_us, update_sequence = excluded.update_sequence,
    told = excluded.told
WHERE git_commit_sender.told IS NULL OR git_commit_sender.update_sequence < excluded.update_sequence;

-- name: find_told_names(organization_id, credential_id, ids)
-- What the repositories are called that a sender tells of by these ids.
SELECT t.remote_id, t.repository
FROM json_each(:ids) AS w
CROSS JOIN told_repository AS t
WHERE t.organization_id = :organization_id AND t.credential_id = :credential_id AND t.remote_id = w.value;

-- name: list_told_commits(organization_id, credential_id, remote_id, limit)
-- What a sender tells of the commits of a repository, the newest first.
SELECT commit_id, update_sequence, told
FROM git_commit_sender INDEXED BY git_commit_sender_told
WHERE organization_id = :organization_id AND credential_id = :credential_id AND remote_id = :remote_id AND told IS NOT NULL
ORDER BY learned_us DESC, commit_id
LIMIT :limit;

-- name: forget_told_commits(organization_id, credential_id, remote_id, commit_id, until)!
-- Forget what a sender told of the commits of a repository, or of one, as far as that is no newer.
DELETE FROM git_commit_sender INDEXED BY git_commit_sender_told
WHERE organization_id = :organization_id AND credential_id = :credential_id AND remote_id = :remote_id AND told IS NOT NULL
    AND (:commit_id = '' OR commit_id = :commit_id)
    AND update_sequence <= :until;
