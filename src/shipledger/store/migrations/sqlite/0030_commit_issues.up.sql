-- What looks like the key of an issue in the message of a commit, separated by spaces; none of those that came before.
ALTER TABLE git_commit ADD COLUMN issue_keys TEXT NOT NULL DEFAULT '';

CREATE INDEX git_commit_issues ON git_commit (organization_id) WHERE issue_keys <> '';
