-- name: forget_issues(organization_id, before_us)!
-- Remove the issues that were not seen lately.
DELETE FROM issue WHERE organization_id = :organization_id AND seen_us < :before_us;

-- name: forget_issues_seen_after(organization_id, after_us)!
-- Remove the issues that were seen after a time, by a clock that was ahead.
DELETE FROM issue WHERE organization_id = :organization_id AND seen_us > :after_us;

-- name: list_issues(organization_id, first_key, end_key, after, limit)
-- A page of issues by key, of one project or of all.
SELECT issue_key, issue_id, summary, kind, status
FROM issue
WHERE organization_id = :organization_id AND issue_key > :after AND issue_key >= :first_key AND issue_key < :end_key
ORDER BY issue_key
LIMIT :limit;

-- name: count_issues(organization_id)$
-- How many issues there are.
SELECT count(*) FROM issue WHERE organization_id = :organization_id;

-- name: find_issue_site(organization_id)^
-- Where an organization's issues are read from.
SELECT organization_id, url, account, sealed_token, projects, cursor_us, full_since_us, full_us, synced_us, failure
FROM issue_site
WHERE organization_id = :organization_id;

-- name: list_issue_sites()
-- Where the issues of all organizations are read from.
SELECT organization_id, url, account, sealed_token, projects, cursor_us, full_since_us, full_us, synced_us, failure
FROM issue_site
ORDER BY organization_id;

-- name: save_issue_site(organization_id, url, account, sealed_token, projects, cursor_us, full_since_us, full_us, synced_us, failure)!
-- Add or replace where an organization's issues are read from.
INSERT INTO issue_site
    (organization_id, url, account, sealed_token, projects, cursor_us, full_since_us, full_us, synced_us, failure)
VALUES
    (:organization_id, :url, :account, :sealed_token, :projects, :cursor_us, :full_since_us, :full_us, :synced_us, :failure)
ON CONFLICT (organization_id) DO UPDATE
SET url = excluded.url, account = excluded.account, sealed_token = excluded.sealed_token, projects = excluded.projects,
    cursor_us = excluded.cursor_us, full_since_us = excluded.full_since_us, full_us = excluded.full_us,
    synced_us = excluded.synced_us, failure = excluded.failure;

-- name: save_sync_progress(organization_id, url, sealed_token, cursor_us, full_since_us, full_us, synced_us, failure)!
-- Keep how far the reading of a site has come, unless another one was saved meanwhile.
UPDATE issue_site
SET cursor_us = :cursor_us, full_since_us = :full_since_us, full_us = :full_us, synced_us = :synced_us, failure = :failure
WHERE organization_id = :organization_id AND url = :url AND sealed_token = :sealed_token;

-- name: delete_issue_site(organization_id)!
-- Forget where an organization's issues are read from.
DELETE FROM issue_site WHERE organization_id = :organization_id;

-- name: count_successes_by_week(organization_id, scope, key, tier, since_id, since_us)
-- How many deployments that have an alias first succeeded in each week, as weeks since Monday 1969-12-29.
SELECT (d.succeeded_us + 259200000000) / 604800000000 AS week, count(*)
FROM deployment_alias AS a
CROSS JOIN deployment AS d
WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = :key
    AND a.deployment_id >= :since_id
    AND d.organization_id = a.organization_id AND d.deployment_id = a.deployment_id
    AND d.tier = :tier
    AND d.succeeded_us >= :since_us
GROUP BY week
ORDER BY week;

-- name: list_named_issues(organization_id, first_key, end_key, after, limit)
-- A page of the issues that deployments name, by key, of a range.
SELECT DISTINCT organization_id, issue_key
FROM issue_standing
WHERE organization_id = :organization_id AND issue_key > :after AND issue_key >= :first_key AND issue_key < :end_key
ORDER BY issue_key
LIMIT :limit;

-- name: list_projects(organization_id, after, limit)
-- A page of the projects whose issues deployments name, each with its newest deployment: an index seek for each of both.
WITH RECURSIVE project (key) AS (
    SELECT (
        SELECT f.key
        FROM deployment_alias AS f
        WHERE f.organization_id = :organization_id AND f.scope = 'project' AND f.key > :after
        ORDER BY f.key
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.key
        FROM deployment_alias AS n
        WHERE n.organization_id = :organization_id AND n.scope = 'project' AND n.key > p.key
        ORDER BY n.key
        LIMIT 1
    )
    FROM project AS p
    WHERE p.key IS NOT NULL
)
SELECT p.key, (
        SELECT a.deployment_id
        FROM deployment_alias AS a /* by(deployment_alias_started) */
        WHERE a.organization_id = :organization_id AND a.scope = 'project' AND a.key = p.key AND a.started_us IS NOT NULL
        ORDER BY a.started_us DESC, a.deployment_id DESC
        LIMIT 1
    )
FROM project AS p
WHERE p.key IS NOT NULL
LIMIT :limit;

-- name: count_issues_by_reach(organization_id, first_key, end_key, number_at)
-- How many issues of a range have succeeded in a tier and in none further on: production is 0, unmapped 4, none 5.
SELECT w.reach, count(*)
FROM (
    SELECT min(
        CASE WHEN state <> 'successful' THEN 5
            WHEN tier = 'production' THEN 0
            WHEN tier = 'staging' THEN 1
            WHEN tier = 'testing' THEN 2
            WHEN tier = 'development' THEN 3
            ELSE 4
        END
    ) AS reach
    FROM issue_standing
    WHERE organization_id = :organization_id AND issue_key >= :first_key AND issue_key < :end_key
        AND substr(issue_key, :number_at, 1) BETWEEN '1' AND '9'
    GROUP BY issue_key
) AS w
GROUP BY w.reach
ORDER BY w.reach;

-- name: list_issue_lines(organization_id, names, heads)
-- For issues by their names (issue, name), each line: its newest deployments, and how many it has of which kind.
SELECT
    w.organization_id, w.wanted, w.tier, w.line, w.place, w.deployment_id, w.happened_us, w.deployments, w.successes, w.unended
FROM (
    SELECT
        s.organization_id, s.wanted, s.tier, s.line, s.deployment_id, s.happened_us,
        row_number() OVER (
            PARTITION BY s.wanted, s.tier, s.line ORDER BY s.sequence DESC, s.placed_us DESC, s.deployment_id DESC
        ) AS place,
        count(*) OVER whole AS deployments,
        sum(CASE WHEN s.state = 'successful' THEN 1 ELSE 0 END) OVER whole AS successes,
        sum(CASE WHEN s.state IN ('pending', 'in_progress', 'unknown') THEN 1 ELSE 0 END) OVER whole AS unended
    FROM (
        SELECT DISTINCT
            i.organization_id, n.value ->> 0 AS wanted, i.tier, i.line, i.deployment_id, i.state, i.sequence, i.placed_us,
            i.happened_us
        FROM /* each(:names, n) */
        CROSS JOIN issue_standing AS i
        WHERE i.organization_id = :organization_id AND i.issue_key = n.value ->> 1
    ) AS s
    WINDOW whole AS (PARTITION BY s.wanted, s.tier, s.line)
) AS w
WHERE w.place <= :heads
ORDER BY w.wanted, w.tier, w.line, w.place;
