-- The commits of each pull request, by their ids without case.
CREATE TABLE pull_request_commit (
    organization_id TEXT COLLATE "C" NOT NULL,
    pull_request_id TEXT COLLATE "C" NOT NULL,
    commit_id       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, pull_request_id, commit_id),
    FOREIGN KEY (organization_id, pull_request_id) REFERENCES pull_request ON DELETE CASCADE
);

INSERT INTO pull_request_commit (organization_id, pull_request_id, commit_id)
SELECT p.organization_id, p.pull_request_id, lower(c.value COLLATE "C")
FROM pull_request AS p
CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(CAST(p.document AS jsonb) -> 'facts' -> 'commits', '[]')) AS c (value)
UNION
SELECT organization_id, pull_request_id, lower((CAST(document AS jsonb) -> 'facts' ->> 'merge_commit') COLLATE "C")
FROM pull_request
WHERE CAST(document AS jsonb) -> 'facts' ->> 'merge_commit' IS NOT NULL
UNION
SELECT organization_id, pull_request_id, lower((CAST(document AS jsonb) -> 'facts' ->> 'head_commit') COLLATE "C")
FROM pull_request
WHERE CAST(document AS jsonb) -> 'facts' ->> 'head_commit' IS NOT NULL;

CREATE INDEX pull_request_commit_of ON pull_request_commit (organization_id, commit_id, pull_request_id);
