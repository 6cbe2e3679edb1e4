-- name: scan_pull_requests(organization_id, from_us, until_us, after_us, after_id, limit)$
-- Pull requests by when they were opened, newest first, after a place.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM pull_request AS i
    WHERE i.organization_id = :organization_id
        AND i.placed_us >= :from_us
        AND i.placed_us <= :until_us
        AND (i.placed_us, i.pull_request_id) < (:after_us, :after_id)
    ORDER BY i.placed_us DESC, i.pull_request_id DESC
    LIMIT :limit
) AS w;

-- name: list_pull_requests_of_commits(organization_id, commit_ids)$
-- The pull requests that have one of some commits.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM (
        SELECT DISTINCT c.pull_request_id
        FROM /* each_text(:commit_ids, k) */
        CROSS JOIN pull_request_commit AS c
        WHERE c.organization_id = :organization_id AND c.commit_id = k.value
    ) AS f
    CROSS JOIN pull_request AS i
    WHERE i.organization_id = :organization_id AND i.pull_request_id = f.pull_request_id
    ORDER BY i.pull_request_id
) AS w;

-- name: list_pull_requests_of_commit(organization_id, commit_from, commit_until, limit)$
-- Pull requests that have a commit whose id begins in some way.
SELECT /* documents */
FROM (
    SELECT i.document
    FROM (
        SELECT DISTINCT c.pull_request_id
        FROM pull_request_commit AS c /* by(pull_request_commit_of) */
        WHERE c.organization_id = :organization_id AND c.commit_id >= :commit_from AND c.commit_id < :commit_until
        ORDER BY c.pull_request_id
        LIMIT :limit
    ) AS f
    CROSS JOIN pull_request AS i
    WHERE i.organization_id = :organization_id AND i.pull_request_id = f.pull_request_id
    ORDER BY i.pull_request_id
) AS w;
