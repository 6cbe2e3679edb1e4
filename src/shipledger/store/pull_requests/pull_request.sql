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
