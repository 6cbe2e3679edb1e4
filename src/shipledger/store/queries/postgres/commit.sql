-- name: find_commit_issues(keys)
-- The issues that known commits of (organization, repository, id) name, each with the place of its commit.
SELECT CAST(w.place - 1 AS integer), c.issue_keys
FROM jsonb_array_elements(CAST(:keys AS jsonb)) WITH ORDINALITY AS w (value, place)
JOIN git_commit AS c
    ON c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2
    AND c.is_known = 1 AND c.issue_keys <> ''
    /* on Citus: c.organization_id of :keys */;
