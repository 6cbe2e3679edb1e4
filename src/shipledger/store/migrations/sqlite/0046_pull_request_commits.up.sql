-- The commits of each pull request, by their ids without case.
CREATE TABLE pull_request_commit (
    organization_id TEXT NOT NULL,
    pull_request_id TEXT NOT NULL,
    commit_id       TEXT NOT NULL,
    PRIMARY KEY (organization_id, pull_request_id, commit_id),
    FOREIGN KEY (organization_id, pull_request_id) REFERENCES pull_request ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO pull_request_commit (organization_id, pull_request_id, commit_id)
SELECT p.organization_id, p.pull_request_id, lower(c.value)
FROM pull_request AS p
CROSS JOIN json_each(p.document, '$.facts.commits') AS c
UNION
SELECT organization_id, pull_request_id, lower(document ->> '$.facts.merge_commit')
FROM pull_request
WHERE document ->> '$.facts.merge_commit' IS NOT NULL
UNION
SELECT organization_id, pull_request_id, lower(document ->> '$.facts.head_commit')
FROM pull_request
WHERE document ->> '$.facts.head_commit' IS NOT NULL;

CREATE INDEX pull_request_commit_of ON pull_request_commit (organization_id, commit_id, pull_request_id);
