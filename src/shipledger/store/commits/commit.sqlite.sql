-- name: find_commits(organization_id, repository_key, ids)
-- Commits, each with its place among those asked for, and what was told of it last.
SELECT
    w.key,
    c.commit_id, c.parents, c.tree, c.authored_us, c.committed_us, c.subject, c.issue_keys, c.is_known, c.has_parents, c.author_name,
    c.author_hash, c.message, c.learned_us, s.told, s.learned_us
FROM json_each(:ids) AS w
CROSS JOIN git_commit AS c
LEFT JOIN git_commit_sender AS s
    ON s.organization_id = c.organization_id AND s.repository_key = c.repository_key AND s.commit_id = c.commit_id
    AND s.credential_id = (
        SELECT t.credential_id
        FROM git_commit_sender AS t
        WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
            AND t.told IS NOT NULL
        ORDER BY t.learned_us DESC, t.credential_id
        LIMIT 1
    )
WHERE c.organization_id = :organization_id AND c.repository_key = :repository_key AND c.commit_id = w.value;

-- name: read_commits_behind(organization_id, repository_key, ids, limit)
-- Some commits of a repository and those behind them, as far as their parents are known: the nearest, up to a limit.
WITH RECURSIVE walk (commit_id) AS (
    SELECT w.value FROM json_each(:ids) AS w
    UNION
    SELECT p.value
    FROM walk AS a
    CROSS JOIN git_commit AS c
    CROSS JOIN json_each('["' || replace(c.parents, ' ', '","') || '"]') AS p
    WHERE c.organization_id = :organization_id
        AND c.repository_key = :repository_key
        AND c.commit_id = a.commit_id
        AND c.has_parents = 1
        AND c.parents <> ''
    LIMIT :limit
)
SELECT n.commit_id, n.parents, n.committed_us
FROM walk AS b
CROSS JOIN git_commit AS n
WHERE n.organization_id = :organization_id
    AND n.repository_key = :repository_key
    AND n.commit_id = b.commit_id
    AND n.has_parents = 1;

-- name: find_commit_issues(keys)
-- The issues that commits of (organization, repository, id) name, each with the place of its commit, and what was told of it last.
SELECT w.key, c.is_known, c.issue_keys, (
        SELECT t.told
        FROM git_commit_sender AS t
        WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
            AND t.told IS NOT NULL
        ORDER BY t.learned_us DESC, t.credential_id
        LIMIT 1
    )
FROM json_each(:keys) AS w
CROSS JOIN git_commit AS c
WHERE c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2;

-- name: find_commit_authors(keys)
-- Who wrote commits of (organization, repository, id), each with the place of its commit, and what was told of it last.
SELECT w.key, c.is_known, c.author_name, c.author_hash, (
        SELECT t.told
        FROM git_commit_sender AS t
        WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
            AND t.told IS NOT NULL
        ORDER BY t.learned_us DESC, t.credential_id
        LIMIT 1
    )
FROM json_each(:keys) AS w
CROSS JOIN git_commit AS c
WHERE c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2;
