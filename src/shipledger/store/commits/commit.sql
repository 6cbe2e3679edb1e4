-- name: append_pack(organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, content, credential_id)!
-- Add a pack that waits to be indexed.
INSERT INTO git_pack (
    organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, state, content, settled_us, failure,
    credential_id
)
VALUES (:organization_id, :pack_id, :repository, :head_commit, :size_bytes, :accepted_us, 'pending', :content, NULL, NULL, :credential_id);

-- name: append_refused_pack(organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, failure, credential_id)!
-- Remember a pack that was refused when it arrived; its content is not kept.
INSERT INTO git_pack (
    organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, state, content, settled_us, failure,
    credential_id
)
VALUES (
    :organization_id, :pack_id, :repository, :head_commit, :size_bytes, :accepted_us, 'refused', NULL, :accepted_us, :failure,
    :credential_id
);

-- name: sum_waiting_pack_bytes(organization_id, least_bytes)$
-- How much of an organization waits; a pack counts as so many bytes at least.
SELECT CAST(coalesce(sum(CASE WHEN size_bytes < :least_bytes THEN :least_bytes ELSE size_bytes END), 0) AS BIGINT)
FROM git_pack
WHERE organization_id = :organization_id AND state = 'pending';

-- name: list_next_packs()
-- The oldest pack that waits of each organization, the oldest first.
SELECT
    git_pack.organization_id, git_pack.pack_id, repository, head_commit, size_bytes, accepted_us, credential_id
FROM git_pack
INNER JOIN (
    SELECT organization_id, min(pack_id) AS pack_id
    FROM git_pack
    WHERE state = 'pending'
    GROUP BY organization_id
) AS oldest ON git_pack.organization_id = oldest.organization_id AND git_pack.pack_id = oldest.pack_id
ORDER BY git_pack.pack_id;

-- name: find_next_pack(organization_id)^
-- The oldest pack of an organization that waits.
SELECT organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, credential_id
FROM git_pack
WHERE organization_id = :organization_id AND state = 'pending'
ORDER BY pack_id
LIMIT 1;

-- name: list_packs(organization_id, state, limit)
-- Packs of an organization, newest first; of one state, unless that is empty.
SELECT organization_id, pack_id, repository, head_commit, size_bytes, accepted_us, credential_id, state, failure
FROM git_pack
WHERE organization_id = :organization_id AND pack_id > '' AND (:state = '' OR state = :state)
ORDER BY pack_id DESC
LIMIT :limit;

-- name: find_pack_content(organization_id, pack_id)^
-- The content of a pack that waits.
SELECT content FROM git_pack
WHERE organization_id = :organization_id AND pack_id = :pack_id AND state = 'pending';

-- name: settle_pack(organization_id, pack_id, state, failure, pack_name, now_us)!
-- Say what became of a pack that waited, and drop its content.
UPDATE git_pack
SET state = :state, failure = :failure, pack_name = :pack_name, settled_us = :now_us, content = NULL
WHERE organization_id = :organization_id AND pack_id = :pack_id AND state = 'pending';

-- name: get_pack_backlog()^
-- How many packs wait, and how many were refused.
SELECT
    coalesce(sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0),
    coalesce(sum(CASE WHEN state = 'refused' THEN 1 ELSE 0 END), 0)
FROM git_pack
WHERE state <> 'indexed';

-- name: save_commit(organization_id, repository_key, commit_id, parents, tree, authored_us, committed_us, subject, issue_keys, author_name, author_hash, message, learned_us)!
-- Add a commit, unless it is there as somebody sent it.
INSERT INTO git_commit (
    organization_id, repository_key, commit_id, parents, tree, authored_us, committed_us, subject, is_known,
    issue_keys, has_parents, author_name, author_hash, message, learned_us
)
VALUES (
    :organization_id, :repository_key, :commit_id, :parents, :tree, :authored_us, :committed_us, :subject, 0,
    :issue_keys, 1, :author_name, :author_hash, :message, :learned_us
)
ON CONFLICT (organization_id, repository_key, commit_id) DO UPDATE
SET parents = excluded.parents, tree = excluded.tree, authored_us = excluded.authored_us, committed_us = excluded.committed_us,
    subject = excluded.subject, issue_keys = excluded.issue_keys, has_parents = 1, author_name = excluded.author_name,
    author_hash = excluded.author_hash, message = excluded.message, learned_us = excluded.learned_us
WHERE git_commit.tree = '';

-- name: find_pack_state(organization_id, pack_id)$
-- How far a pack is.
SELECT state FROM git_pack WHERE organization_id = :organization_id AND pack_id = :pack_id;

-- name: save_commit_sender(organization_id, repository_key, commit_id, credential_id)!
-- Remember who sent a commit.
INSERT INTO git_commit_sender (organization_id, repository_key, commit_id, credential_id)
VALUES (:organization_id, :repository_key, :commit_id, :credential_id)
ON CONFLICT (organization_id, repository_key, commit_id, credential_id) DO NOTHING;

-- name: list_unknown_trees(organization_id, repository_key)
-- The trees of the commits of a repository that are not known; what was only told has none.
SELECT commit_id, tree
FROM git_commit
WHERE organization_id = :organization_id AND repository_key = :repository_key AND is_known = 0 AND tree <> '';

-- name: make_known(organization_id, repository_key, commit_id)!
-- Say that a commit is known.
UPDATE git_commit
SET is_known = 1
WHERE organization_id = :organization_id AND repository_key = :repository_key AND commit_id = :commit_id AND is_known = 0;

-- name: read_graph(organization_id, repository_key)
-- The commits of a repository whose parents are known, with them and the time of the commit.
SELECT commit_id, parents, committed_us
FROM git_commit
WHERE organization_id = :organization_id AND repository_key = :repository_key AND has_parents = 1;

-- name: read_ancestors(organization_id, keys, depth)
-- Commits whose parents are known, each by its repository and the beginning of its id, and so many generations behind them.
-- Of a commit with more than two parents the first two are followed.
WITH RECURSIVE walk (repository_key, commit_id, parents, committed_us, depth) AS (
    SELECT c.repository_key, c.commit_id, c.parents, c.committed_us, 0
    FROM /* each(:keys, k) */
    CROSS JOIN git_commit AS c
    WHERE c.organization_id = :organization_id
        AND c.repository_key = k.value ->> 0
        AND c.commit_id >= k.value ->> 1
        AND c.commit_id < (k.value ->> 1) || 'g'
        AND c.has_parents = 1
    UNION
    SELECT c.repository_key, c.commit_id, c.parents, c.committed_us, w.depth + 1
    FROM walk AS w
    CROSS JOIN (SELECT 0 AS place UNION ALL SELECT 1) AS side
    CROSS JOIN git_commit AS c
    WHERE w.depth < :depth
        AND c.organization_id = :organization_id
        AND c.repository_key = w.repository_key
        AND c.commit_id = substr(w.parents, 1 + side.place * (length(w.commit_id) + 1), length(w.commit_id))
        AND c.has_parents = 1
)
SELECT DISTINCT repository_key, commit_id, parents, committed_us FROM walk;

-- name: find_commits_that_begin(organization_id, repository_key, commit_from, commit_until)
-- Up to two commits of a repository whose parents are known, by the beginning of their ids.
SELECT commit_id
FROM git_commit
WHERE organization_id = :organization_id
    AND repository_key = :repository_key
    AND commit_id >= :commit_from
    AND commit_id < :commit_until
    AND has_parents = 1
ORDER BY commit_id
LIMIT 2;

-- name: find_any_commit(organization_id)$
-- A commit of an organization.
SELECT commit_id FROM git_commit WHERE organization_id = :organization_id ORDER BY repository_key, commit_id LIMIT 1;

-- name: find_naming_commit(organization_id)$
-- A commit of an organization that names an issue, or may: of those told nobody has looked.
SELECT 1
WHERE EXISTS (SELECT 1 FROM git_commit AS c WHERE c.organization_id = :organization_id AND c.issue_keys <> '')
    OR EXISTS (SELECT 1 FROM told_repository AS t WHERE t.organization_id = :organization_id);

-- name: find_commits_in_graph(organization_id, repository_key, ids)
-- Those of these commits whose parents are known.
SELECT c.commit_id
FROM /* each_text(:ids, w) */
CROSS JOIN git_commit AS c
WHERE c.organization_id = :organization_id AND c.repository_key = :repository_key AND c.commit_id = w.value AND c.has_parents = 1;

-- name: find_commit_or_release(organization_id, repository_key, commit_from, commit_until)$
-- Gives 1 if a commit of a repository was sent, whole or told, or a deployment names it; by the beginning of its id.
SELECT 1
WHERE EXISTS (
    SELECT 1
    FROM deployment_release AS o
    WHERE o.organization_id = :organization_id
        AND o.repository_key = :repository_key
        AND lower(substr(o.commit_id, 1, 128)) >= :commit_from
        AND lower(substr(o.commit_id, 1, 128)) < :commit_until
) OR EXISTS (
    SELECT 1
    FROM git_commit AS c
    WHERE c.organization_id = :organization_id
        AND c.repository_key = :repository_key
        AND c.commit_id >= :commit_from
        AND c.commit_id < :commit_until
);
