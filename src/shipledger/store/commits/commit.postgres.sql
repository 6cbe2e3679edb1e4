-- name: find_commits(organization_id, repository_key, ids)
-- Commits, each with its place among those asked for, and what was told of it last.
SELECT
    CAST(w.place AS integer),
    c.commit_id, c.parents, c.tree, c.authored_us, c.committed_us, c.subject, c.issue_keys, c.is_known, c.has_parents, c.author_name,
    c.author_hash, c.message, c.learned_us, s.told, s.learned_us
FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN git_commit AS c
    ON c.organization_id = :organization_id AND c.repository_key = :repository_key AND c.commit_id = w.value
LEFT JOIN LATERAL (
    SELECT t.told, t.learned_us
    FROM git_commit_sender AS t
    WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
        AND t.told IS NOT NULL
    ORDER BY t.learned_us DESC, t.credential_id
    LIMIT 1
) AS s ON TRUE;

-- name: read_commits_behind(organization_id, repository_key, ids, limit)
-- Some commits of a repository and those behind them, as far as their parents are known: the nearest, up to a limit.
WITH RECURSIVE walk (commit_id) AS (
    SELECT w.value COLLATE "C" FROM jsonb_array_elements_text(CAST(:ids AS jsonb)) AS w (value)
    UNION
    SELECT p.value COLLATE "C"
    FROM walk AS a
    CROSS JOIN LATERAL (
        SELECT g.parents
        FROM git_commit AS g
        WHERE g.organization_id = :organization_id
            AND g.repository_key = :repository_key
            AND g.commit_id = a.commit_id
            AND g.has_parents = 1
            AND g.parents <> ''
        LIMIT 1
    ) AS c
    CROSS JOIN LATERAL unnest(string_to_array(c.parents, ' ')) AS p (value)
)
SELECT n.commit_id, n.parents, n.committed_us
FROM walk AS b
CROSS JOIN LATERAL (
    SELECT g.commit_id, g.parents, g.committed_us
    FROM git_commit AS g
    WHERE g.organization_id = :organization_id
        AND g.repository_key = :repository_key
        AND g.commit_id = b.commit_id
        AND g.has_parents = 1
    LIMIT 1
) AS n
LIMIT :limit;

-- name: find_commit_issues(keys)
-- The issues that commits of (organization, repository, id) name, each with the place of its commit, and what was told of it last.
SELECT CAST(w.place - 1 AS integer), c.is_known, c.issue_keys, s.told
FROM jsonb_array_elements(CAST(:keys AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN git_commit AS c
    ON c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2
    /* on Citus: c.organization_id of :keys */
LEFT JOIN LATERAL (
    SELECT t.told
    FROM git_commit_sender AS t
    WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
        AND t.told IS NOT NULL
    ORDER BY t.learned_us DESC, t.credential_id
    LIMIT 1
) AS s ON TRUE;

-- name: find_commit_authors(keys)
-- Who wrote commits of (organization, repository, id), each with the place of its commit, and what was told of it last.
SELECT CAST(w.place - 1 AS integer), c.is_known, c.author_name, c.author_hash, s.told
FROM jsonb_array_elements(CAST(:keys AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN git_commit AS c
    ON c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2
    /* on Citus: c.organization_id of :keys */
LEFT JOIN LATERAL (
    SELECT t.told
    FROM git_commit_sender AS t
    WHERE t.organization_id = c.organization_id AND t.repository_key = c.repository_key AND t.commit_id = c.commit_id
        AND t.told IS NOT NULL
    ORDER BY t.learned_us DESC, t.credential_id
    LIMIT 1
) AS s ON TRUE;
