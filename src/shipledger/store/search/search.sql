-- name: count_titles_with(organization_id, field, token_from, token_until, limit)$
-- How many deployments have a token in a range, up to a limit.
SELECT count(*)
FROM (
    SELECT t.deployment_id
    FROM deployment_token AS t
    WHERE t.organization_id = :organization_id AND t.field = :field AND t.token >= :token_from AND t.token < :token_until
    ORDER BY t.token
    LIMIT :limit
) AS w;

-- name: find_by_token(organization_id, field, token, others, looked, limit)
-- The newest deployments that have a token, and one in each of some further ranges: id, when it happened.
SELECT w.deployment_id, w.placed_us
FROM (
    SELECT t.deployment_id, t.placed_us
    FROM deployment_token AS t
    WHERE t.organization_id = :organization_id AND t.field = :field AND t.token = :token
    ORDER BY t.placed_us DESC, t.deployment_id DESC
    LIMIT :looked
) AS w
WHERE /* has_tokens_of(deployment_token, deployment_id, w) */
ORDER BY w.placed_us DESC, w.deployment_id DESC
LIMIT :limit;

-- name: find_by_token_range(organization_id, field, token_from, token_until, others, looked, limit)
-- The newest of the deployments that have a token in a range, and one in each of some further ranges.
SELECT w.deployment_id, max(w.placed_us)
FROM (
    SELECT t.deployment_id, t.placed_us
    FROM deployment_token AS t /* by(deployment_token_order) */
    WHERE t.organization_id = :organization_id AND t.field = :field AND t.token >= :token_from AND t.token < :token_until
    ORDER BY t.token
    LIMIT :looked
) AS w
WHERE /* has_tokens_of(deployment_token, deployment_id, w) */
GROUP BY w.deployment_id
ORDER BY max(w.placed_us) DESC, w.deployment_id DESC
LIMIT :limit;

-- name: find_newest_with_tokens(organization_id, field, others, looked, limit)
-- Those of the newest deployments that have a token in each of some ranges. For ranges that many have.
SELECT w.deployment_id, w.started_us
FROM (
    SELECT d.deployment_id, d.started_us
    FROM deployment AS d
    WHERE d.organization_id = :organization_id
    ORDER BY d.started_us DESC, d.deployment_id DESC
    LIMIT :looked
) AS w
WHERE /* has_tokens_of(deployment_token, deployment_id, w) */
ORDER BY w.started_us DESC, w.deployment_id DESC
LIMIT :limit;

-- name: find_incidents_by_token(organization_id, token_from, token_until, others, looked, limit)
-- The same of incidents.
SELECT w.incident_id, max(w.placed_us)
FROM (
    SELECT t.incident_id, t.placed_us
    FROM incident_token AS t /* by(incident_token_order) */
    WHERE t.organization_id = :organization_id AND t.token >= :token_from AND t.token < :token_until
    ORDER BY t.token
    LIMIT :looked
) AS w
WHERE /* has_words_of(incident_token, incident_id, w) */
GROUP BY w.incident_id
ORDER BY max(w.placed_us) DESC, w.incident_id DESC
LIMIT :limit;

-- name: find_pull_requests_by_token(organization_id, token_from, token_until, others, looked, limit)
-- The same of pull requests.
SELECT w.pull_request_id, max(w.placed_us)
FROM (
    SELECT t.pull_request_id, t.placed_us
    FROM pull_request_token AS t /* by(pull_request_token_order) */
    WHERE t.organization_id = :organization_id AND t.token >= :token_from AND t.token < :token_until
    ORDER BY t.token
    LIMIT :looked
) AS w
WHERE /* has_words_of(pull_request_token, pull_request_id, w) */
GROUP BY w.pull_request_id
ORDER BY max(w.placed_us) DESC, w.pull_request_id DESC
LIMIT :limit;

-- name: find_by_commit(organization_id, commit_from, commit_until, looked, limit)
-- The newest deployments of commits whose ids begin in some way: id, start, 1 if that is all of one's id.
SELECT w.deployment_id, max(w.started_us), max(w.is_whole)
FROM (
    SELECT
        r.deployment_id,
        r.started_us,
        CASE WHEN lower(substr(r.commit_id, 1, 128)) = :commit_from THEN 1 ELSE 0 END AS is_whole
    FROM deployment_release AS r
    WHERE r.organization_id = :organization_id
        AND lower(substr(r.commit_id, 1, 128)) >= :commit_from
        AND lower(substr(r.commit_id, 1, 128)) < :commit_until
    ORDER BY lower(substr(r.commit_id, 1, 128))
    LIMIT :looked
) AS w
GROUP BY w.deployment_id
ORDER BY max(w.is_whole) DESC, max(w.started_us) DESC, w.deployment_id DESC
LIMIT :limit;

-- name: find_by_external_id(organization_id, scopes, key_from, key_until, looked, limit)
-- Deployments by the ids that their senders gave: id, start, 1 if what was looked for is all of it. Of merged ones the host.
WITH RECURSIVE scoped (scope) AS (
    SELECT (
        SELECT f.scope
        FROM deployment_alias AS f
        WHERE f.organization_id = :organization_id AND f.scope > ''
        ORDER BY f.scope
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.scope
        FROM deployment_alias AS n
        WHERE n.organization_id = :organization_id AND n.scope > s.scope
        ORDER BY n.scope
        LIMIT 1
    )
    FROM scoped AS s
    WHERE s.scope IS NOT NULL
)
SELECT w.deployment_id, max(w.started_us), max(w.is_whole)
FROM (
    SELECT a.deployment_id, a.started_us, CASE WHEN a.key = :key_from THEN 1 ELSE 0 END AS is_whole
    FROM scoped AS s
    CROSS JOIN deployment_alias AS a
    WHERE s.scope LIKE :scopes
        AND a.organization_id = :organization_id
        AND a.scope = s.scope
        AND a.key >= :key_from
        AND a.key < :key_until
    LIMIT :looked
) AS w
GROUP BY w.deployment_id
ORDER BY max(w.is_whole) DESC, max(w.started_us) DESC, w.deployment_id DESC
LIMIT :limit;

-- name: find_by_issue(organization_id, key, limit)
-- The newest deployments that name an issue: id, start.
SELECT a.deployment_id, a.started_us
FROM deployment_alias AS a
WHERE a.organization_id = :organization_id AND a.scope = 'issue' AND a.key = :key AND a.started_us IS NOT NULL
ORDER BY a.started_us DESC, a.deployment_id DESC
LIMIT :limit;

-- name: find_by_deployment_id(organization_id, id_from, id_until, limit)
-- Deployments whose ids begin in some way: id, start. Of merged ones the host.
SELECT d.deployment_id, d.started_us
FROM deployment AS d
WHERE d.organization_id = :organization_id AND d.deployment_id >= :id_from AND d.deployment_id < :id_until
ORDER BY d.deployment_id DESC
LIMIT :limit;

-- name: find_by_incident_id(organization_id, id_from, id_until, limit)
-- Incidents whose ids begin in some way: id, start.
SELECT i.incident_id, i.started_us
FROM incident AS i
WHERE i.organization_id = :organization_id AND i.incident_id >= :id_from AND i.incident_id < :id_until
ORDER BY i.incident_id DESC
LIMIT :limit;

-- name: find_by_receipt_id(organization_id, id_from, id_until, limit)
-- Requests whose ids begin in some way: id, when it was accepted.
SELECT r.receipt_id, r.accepted_us
FROM receipt AS r
WHERE r.organization_id = :organization_id AND r.receipt_id >= :id_from AND r.receipt_id < :id_until
ORDER BY r.receipt_id DESC
LIMIT :limit;

-- name: find_incidents_by_name(organization_id, key, limit)
-- Incidents by a number, or by an id that a sender gave: id, start, scope of the name.
WITH RECURSIVE scoped (scope) AS (
    SELECT (
        SELECT f.scope
        FROM incident_alias AS f
        WHERE f.organization_id = :organization_id AND f.scope > ''
        ORDER BY f.scope
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.scope
        FROM incident_alias AS n
        WHERE n.organization_id = :organization_id AND n.scope > s.scope
        ORDER BY n.scope
        LIMIT 1
    )
    FROM scoped AS s
    WHERE s.scope IS NOT NULL
)
SELECT i.incident_id, i.started_us, a.scope
FROM scoped AS s
CROSS JOIN incident_alias AS a
CROSS JOIN incident AS i
WHERE a.organization_id = :organization_id
    AND a.scope = s.scope
    AND a.key = :key
    AND i.organization_id = a.organization_id
    AND i.incident_id = a.incident_id
ORDER BY i.incident_id DESC
LIMIT :limit;

-- name: find_pull_requests_by_name(organization_id, key)
-- The pull request of a repository with a number: id, when it was opened.
SELECT p.pull_request_id, p.placed_us
FROM pull_request_alias AS a
CROSS JOIN pull_request AS p
WHERE a.organization_id = :organization_id
    AND a.scope = 'pull-request'
    AND a.key = :key
    AND p.organization_id = a.organization_id
    AND p.pull_request_id = a.pull_request_id;

-- name: find_pull_requests_by_commit(organization_id, commit_from, commit_until, looked)
-- Pull requests with a commit whose id begins in some way: id, when it was opened, the id.
SELECT p.pull_request_id, p.placed_us, c.commit_id
FROM (
    SELECT k.organization_id, k.pull_request_id, k.commit_id
    FROM pull_request_commit AS k /* by(pull_request_commit_of) */
    WHERE k.organization_id = :organization_id AND k.commit_id >= :commit_from AND k.commit_id < :commit_until
    ORDER BY k.commit_id, k.pull_request_id
    LIMIT :looked
) AS c
CROSS JOIN pull_request AS p
WHERE p.organization_id = c.organization_id AND p.pull_request_id = c.pull_request_id;

-- name: list_some_names(organization_id, scope, key_from, key_until, limit)
-- Each name in a range that deployments have, once, by name: an index seek for each.
WITH RECURSIVE named (key, place) AS (
    SELECT (
        SELECT f.key
        FROM deployment_alias AS f
        WHERE f.organization_id = :organization_id AND f.scope = :scope AND f.key >= :key_from AND f.key < :key_until
        ORDER BY f.key
        LIMIT 1
    ), 1
    UNION ALL
    SELECT (
        SELECT n.key
        FROM deployment_alias AS n
        WHERE n.organization_id = :organization_id AND n.scope = :scope AND n.key > k.key AND n.key < :key_until
        ORDER BY n.key
        LIMIT 1
    ), k.place + 1
    FROM named AS k
    WHERE k.key IS NOT NULL AND k.place < :limit
)
SELECT w.key
FROM named AS w
WHERE w.key IS NOT NULL;

-- name: list_newest_of_names(organization_id, scope, keys)
-- The newest start of the deployments that have some names: name, start.
SELECT k.value, (
    SELECT a.started_us
    FROM deployment_alias AS a
    WHERE a.organization_id = :organization_id AND a.scope = :scope AND a.key = k.value AND a.started_us IS NOT NULL
    ORDER BY a.started_us DESC
    LIMIT 1
)
FROM /* each_text(:keys, k) */;

-- name: list_some_repositories(organization_id, limit)
-- Each repository that was deployed, once, by its key.
WITH RECURSIVE deployed (key, place) AS (
    SELECT (
        SELECT f.repository_key
        FROM deployment_release AS f
        WHERE f.organization_id = :organization_id AND f.is_repeat = 0 AND f.repository_key > ''
        ORDER BY f.repository_key
        LIMIT 1
    ), 1
    UNION ALL
    SELECT (
        SELECT n.repository_key
        FROM deployment_release AS n
        WHERE n.organization_id = :organization_id AND n.is_repeat = 0 AND n.repository_key > k.key
        ORDER BY n.repository_key
        LIMIT 1
    ), k.place + 1
    FROM deployed AS k
    WHERE k.key IS NOT NULL AND k.place < :limit
)
SELECT w.key
FROM deployed AS w
WHERE w.key IS NOT NULL;

-- name: list_newest_of_repositories(organization_id, keys)
-- The newest deployment of each of some repositories: key, the repository's name there, start. An index seek for each.
SELECT
    k.value,
    (
        SELECT r.repository
        FROM deployment_release AS r
        WHERE r.organization_id = :organization_id AND r.repository_key = k.value AND r.is_repeat = 0
        ORDER BY r.started_us DESC, r.deployment_id
        LIMIT 1
    ),
    (
        SELECT n.started_us
        FROM deployment_release AS n
        WHERE n.organization_id = :organization_id AND n.repository_key = k.value AND n.is_repeat = 0
        ORDER BY n.started_us DESC, n.deployment_id
        LIMIT 1
    )
FROM /* each_text(:keys, k) */;

-- name: list_service_words(organization_id)
-- What every service is called: id, name.
SELECT s.service_id, s.name FROM service AS s WHERE s.organization_id = :organization_id
UNION
SELECT s.service_id, s.slug FROM service AS s WHERE s.organization_id = :organization_id
UNION
SELECT n.service_id, n.name FROM service_name AS n WHERE n.organization_id = :organization_id;

-- name: list_mapped_names(organization_id)
-- Each repository that is mapped to a service, once.
SELECT DISTINCT r.repository FROM service_repository AS r WHERE r.organization_id = :organization_id;

-- name: list_issue_keys_from(organization_id, key_from, key_until, limit)
-- The keys of issues in a range, as their tracker tells them.
SELECT i.issue_key
FROM issue AS i
WHERE i.organization_id = :organization_id AND i.issue_key >= :key_from AND i.issue_key < :key_until
ORDER BY i.issue_key
LIMIT :limit;

-- name: list_lane_heads(organization_id, deployment_ids)
-- Those of some deployments that came to run last in a lane of theirs, and the key of that.
SELECT l.deployment_id, l.lane_key
FROM /* each_text(:deployment_ids, i) */
CROSS JOIN lane AS l
WHERE l.organization_id = :organization_id
    AND l.deployment_id = i.value
    AND l.part = 'ran'
    AND l.until_us = 9223372036854775807
    AND NOT EXISTS (
        SELECT 1
        FROM lane AS n
        WHERE n.organization_id = :organization_id
            AND n.lane_key = l.lane_key
            AND n.environment_key = l.environment_key
            AND n.part = 'ran'
            AND n.at_us >= l.at_us
            AND n.until_us = 9223372036854775807
            AND (n.at_us, n.placed_us, n.sequence, n.sender_id, n.deployment_id)
                > (l.at_us, l.placed_us, l.sequence, l.sender_id, l.deployment_id)
    );

-- name: list_commits_that_begin(organization_id, id_from, id_until, limit)
-- The commits whose ids begin in some way, with the keys of their repositories: an index seek for each repository with commits.
WITH RECURSIVE sent (key) AS (
    SELECT (
        SELECT f.repository_key
        FROM git_commit AS f
        WHERE f.organization_id = :organization_id AND f.repository_key > ''
        ORDER BY f.repository_key
        LIMIT 1
    )
    UNION ALL
    SELECT (
        SELECT n.repository_key
        FROM git_commit AS n
        WHERE n.organization_id = :organization_id AND n.repository_key > s.key
        ORDER BY n.repository_key
        LIMIT 1
    )
    FROM sent AS s
    WHERE s.key IS NOT NULL
)
SELECT c.repository_key, c.commit_id
FROM sent AS s
CROSS JOIN git_commit AS c
WHERE c.organization_id = :organization_id AND c.repository_key = s.key AND c.commit_id >= :id_from AND c.commit_id < :id_until
ORDER BY c.repository_key, c.commit_id
LIMIT :limit;
