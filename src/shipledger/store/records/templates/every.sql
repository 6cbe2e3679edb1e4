-- name: list_{kind}_entries(organization_id, subject_id)
-- All entries of one record, in order.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM {entries}
WHERE organization_id = :organization_id AND {id} = :subject_id
ORDER BY version;

-- name: list_{kind}_entries_after(organization_id, subject_id, version, limit)
-- The next entries of all records, in key order.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM {entries}
WHERE (organization_id, {id}, version) > (:organization_id, :subject_id, :version)
ORDER BY organization_id, {id}, version
LIMIT :limit;

-- name: read_{kind}_entries()
-- All entries, to see whether they can be read.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor FROM {entries};

-- name: read_{kind}_history(organization_id, subject_id)
-- The entries of one record with who sent them, in order.
SELECT e.organization_id, e.{id}, e.version, e.receipt_id, e.item, e.accepted_us, e.recorded_us, e.submission, e.actor,
       r.credential_id
FROM {entries} AS e
JOIN receipt AS r ON r.organization_id = e.organization_id AND r.receipt_id = e.receipt_id
WHERE e.organization_id = :organization_id AND e.{id} = :subject_id
ORDER BY e.version;

-- name: erase_{kind}_entry(organization_id, subject_id, version, submission)!
-- Leave an entry its place alone.
UPDATE {entries}
SET submission = :submission
WHERE organization_id = :organization_id AND {id} = :subject_id AND version = :version;

-- name: find_last_{kind}_position(organization_id)$
-- The place of the newest entry.
SELECT max(position) FROM {entries} WHERE organization_id = :organization_id;

-- name: list_placed_{kind}_entries(organization_id, after, until, limit)
-- Entries by their place, with the digests of those that are erased.
SELECT e.position, e.organization_id, e.{id}, e.version, e.receipt_id, e.item, e.accepted_us, e.recorded_us,
       e.submission, e.actor, t.digest
FROM {entries} AS e
LEFT JOIN tombstone AS t
    ON t.organization_id = e.organization_id
    AND t.kind = '{kind}_entry'
    AND t.subject_id = e.{id}
    AND t.version = e.version
WHERE e.organization_id = :organization_id AND e.position > :after AND e.position <= :until
ORDER BY e.position, e.{id}, e.version
LIMIT :limit;

-- name: count_{kind}_entries_after(organization_id, after)$
-- How many entries stand after a place.
SELECT count(*) FROM {entries} WHERE organization_id = :organization_id AND position > :after;

-- name: read_{kind}s()
-- All records as they are shown.
SELECT organization_id, {id}, document FROM {table};

-- name: count_{kind}_entries()$
-- How many entries there are.
SELECT count(*) FROM {entries};

-- name: find_gaps_in_{kind}_entries(limit)
-- Records whose entries are not numbered 1, 2, 3 and so on.
SELECT organization_id, {id}
FROM {entries}
GROUP BY organization_id, {id}
HAVING min(version) <> 1 OR max(version) <> count(*)
ORDER BY organization_id, {id}
LIMIT :limit;

-- name: list_{kind}_ids_as_of(organization_id, before_id, as_of_us, limit)
-- Records that were known at a moment, the one that was recorded last first, before an id.
SELECT {id}
FROM {entries}
WHERE organization_id = :organization_id AND {id} < :before_id AND version = 1 AND recorded_us <= :as_of_us
ORDER BY {id} DESC
LIMIT :limit;

-- name: list_entries_of_{kind}s(organization_id, ids, limit)
-- The entries of several records, each in order.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM {entries}
WHERE organization_id = :organization_id AND {id} IN /* texts(:ids) */
ORDER BY {id}, version
LIMIT :limit;

-- name: list_recorded_{kind}s(organization_id, ids)
-- Those of some ids that are of records of this kind, removed and erased ones included.
SELECT {id}
FROM {entries}
WHERE organization_id = :organization_id AND version = 1 AND {id} IN /* texts(:ids) */;

-- name: list_{kind}_acts(organization_id, since_us, before_us, before_id, before_version, actor, limit)
-- The newest entries of which an audit tells, before a place, of actors that begin so.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM {entries}
WHERE organization_id = :organization_id
    AND ({acts})
    AND recorded_us >= :since_us
    AND recorded_us <= :before_us
    AND (recorded_us, {id}, version) < (:before_us, :before_id, :before_version)
    AND substr(actor, 1, length(CAST(:actor AS text))) = CAST(:actor AS text)
ORDER BY recorded_us DESC, {id} DESC, version DESC
LIMIT :limit;

-- name: list_{kind}_reports(organization_id, since_us, before_us, before_id, before_version, actor, limit)
-- The newest entries of any kind in the same way: what records a record, and what was said of it later, each by its own index.
SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
FROM (
    SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
    FROM (
        SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
        FROM {entries}
        WHERE organization_id = :organization_id
            AND version = 1
            AND recorded_us >= :since_us
            AND recorded_us <= :before_us
            AND (recorded_us, {id}, version) < (:before_us, :before_id, :before_version)
            AND substr(actor, 1, length(CAST(:actor AS text))) = CAST(:actor AS text)
        ORDER BY recorded_us DESC, {id} DESC, version DESC
        LIMIT :limit
    ) AS f
    UNION ALL
    SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
    FROM (
        SELECT organization_id, {id}, version, receipt_id, item, accepted_us, recorded_us, submission, actor
        FROM {entries}
        WHERE organization_id = :organization_id
            AND version > 1
            AND recorded_us >= :since_us
            AND recorded_us <= :before_us
            AND (recorded_us, {id}, version) < (:before_us, :before_id, :before_version)
            AND substr(actor, 1, length(CAST(:actor AS text))) = CAST(:actor AS text)
        ORDER BY recorded_us DESC, {id} DESC, version DESC
        LIMIT :limit
    ) AS l
) AS w
ORDER BY recorded_us DESC, {id} DESC, version DESC
LIMIT :limit;
