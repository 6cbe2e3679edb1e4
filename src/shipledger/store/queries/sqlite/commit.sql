-- name: find_commit_issues(keys)
-- The issues that known commits of (organization, repository, id) name, each with the place of its commit.
SELECT w.key, c.issue_keys
FROM json_each(:keys) AS w
CROSS JOIN git_commit AS c
WHERE c.organization_id = w.value ->> 0 AND c.repository_key = w.value ->> 1 AND c.commit_id = w.value ->> 2
    AND c.is_known = 1 AND c.issue_keys <> '';
