-- name: forget_moved_issues(organization_id, rows)!
-- Remove the old keys of issues that have a new one: key, id.
DELETE FROM issue
WHERE (organization_id, issue_key) IN (
    SELECT i.organization_id, i.issue_key
    FROM json_each(:rows) AS w
    CROSS JOIN issue AS i INDEXED BY issue_number
    WHERE i.organization_id = :organization_id AND w.value ->> 1 <> '' AND i.issue_id = w.value ->> 1
        AND i.issue_key <> w.value ->> 0
);

-- name: save_issues(organization_id, rows, seen_us)!
-- Add or replace issues: key, id, summary, kind, status.
INSERT INTO issue (organization_id, issue_key, issue_id, summary, kind, status, seen_us)
SELECT :organization_id, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, :seen_us
FROM json_each(:rows)
WHERE true
ON CONFLICT (organization_id, issue_key) DO UPDATE
SET issue_id = excluded.issue_id, summary = excluded.summary, kind = excluded.kind, status = excluded.status,
    seen_us = excluded.seen_us;

-- name: find_issues(organization_id, names)
-- The issues that have one of the names as key or as id, by key.
SELECT issue_key, issue_id, summary, kind, status
FROM (
    SELECT i.issue_key, i.issue_id, i.summary, i.kind, i.status
    FROM json_each(:names) AS w
    CROSS JOIN issue AS i
    WHERE i.organization_id = :organization_id AND i.issue_key = w.value
    UNION
    SELECT i.issue_key, i.issue_id, i.summary, i.kind, i.status
    FROM json_each(:names) AS w
    CROSS JOIN issue AS i INDEXED BY issue_number
    WHERE i.organization_id = :organization_id AND i.issue_id = w.value AND i.issue_id <> ''
)
ORDER BY issue_key;
