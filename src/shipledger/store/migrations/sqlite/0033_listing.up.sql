-- By the beginning of a commit's id, of which as much counts as an index can hold.
CREATE INDEX deployment_release_commit ON deployment_release (organization_id, lower(substr(commit_id, 1, 128)));

-- By the name of an environment, which many ids may share.
CREATE INDEX deployment_environment_called ON deployment
    (organization_id, lower(environment_name), started_us DESC, deployment_id DESC)
    WHERE environment_name IS NOT NULL;
