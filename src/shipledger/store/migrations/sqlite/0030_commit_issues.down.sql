DROP INDEX git_commit_issues;

ALTER TABLE git_commit DROP COLUMN issue_keys;
