-- name: forget_moved_issues(organization_id, rows)!
-- Remove the old keys of issues that have a new one: key, id.
DELETE FROM issue AS i
USING jsonb_array_elements(CAST(:rows AS jsonb)) AS w (value)
WHERE i.organization_id = :organization_id AND w.value ->> 1 <> '' AND i.issue_id = w.value ->> 1
    AND i.issue_key <> w.value ->> 0;

-- name: save_issues(organization_id, rows, seen_us)!
-- Add or replace issues: key, id, summary, kind, status. Of several with one key, the last counts.
INSERT INTO issue (organization_id, issue_key, issue_id, summary, kind, status, seen_us)
SELECT DISTINCT ON (w.value ->> 0)
    CAST(:organization_id AS text), w.value ->> 0, w.value ->> 1, w.value ->> 2, w.value ->> 3, w.value ->> 4,
    CAST(:seen_us AS bigint)
FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS w (value, place)
ORDER BY w.value ->> 0, w.place DESC
ON CONFLICT (organization_id, issue_key) DO UPDATE
SET issue_id = excluded.issue_id, summary = excluded.summary, kind = excluded.kind, status = excluded.status,
    seen_us = excluded.seen_us;

-- name: find_issues(organization_id, names)
-- The issues that have one of the names as key or as id, by key.
SELECT i.issue_key, i.issue_id, i.summary, i.kind, i.status
FROM issue AS i
WHERE i.organization_id = :organization_id
    AND i.issue_key IN (SELECT jsonb_array_elements_text(CAST(:names AS jsonb)))
UNION
SELECT i.issue_key, i.issue_id, i.summary, i.kind, i.status
FROM issue AS i
WHERE i.organization_id = :organization_id AND i.issue_id <> ''
    AND i.issue_id IN (SELECT jsonb_array_elements_text(CAST(:names AS jsonb)))
ORDER BY issue_key;
