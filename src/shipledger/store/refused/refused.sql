-- name: append_refused(organization_id, rows)!
-- Keep refused requests, but for those of deleted credentials.
-- Id, time, protocol, method, path, status, code, sentence, credential, address, size.
INSERT INTO refused_request
    (organization_id, refused_id, refused_us, protocol, method, path, status, code, sentence, credential_id, address, size_bytes)
SELECT
    :organization_id, value ->> 0, CAST(value ->> 1 AS bigint), value ->> 2, value ->> 3, value ->> 4, CAST(value ->> 5 AS integer),
    value ->> 6, value ->> 7, value ->> 8, value ->> 9, CAST(value ->> 10 AS bigint)
FROM /* each(:rows, w) */
WHERE EXISTS (
    SELECT 1
    FROM credential AS c
    WHERE c.organization_id = :organization_id AND c.credential_id = w.value ->> 8
)
ON CONFLICT (organization_id, refused_id) DO NOTHING;

-- name: trim_refused(organization_id, keep)!
-- Forget all but the newest refused requests of an organization.
DELETE FROM refused_request
WHERE organization_id = :organization_id
    AND refused_id <= (
        SELECT n.refused_id
        FROM refused_request AS n
        WHERE n.organization_id = :organization_id
        ORDER BY n.refused_id DESC
        LIMIT 1 OFFSET :keep
    );

-- name: find_refused(organization_id, refused_id)^
-- A refused request with the name of its credential.
SELECT
    r.organization_id, r.refused_id, r.refused_us, r.protocol, r.method, r.path, r.status, r.code, r.sentence, r.credential_id,
    r.address, r.size_bytes, coalesce(c.name, '')
FROM refused_request AS r
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE r.organization_id = :organization_id AND r.refused_id = :refused_id;

-- name: list_refused(organization_id, status, protocol, credential_id, from_us, until_us, before_id, limit)
-- A page of refused requests, newest first.
SELECT
    r.organization_id, r.refused_id, r.refused_us, r.protocol, r.method, r.path, r.status, r.code, r.sentence, r.credential_id,
    r.address, r.size_bytes, coalesce(c.name, '')
FROM refused_request AS r
LEFT JOIN credential AS c ON c.organization_id = r.organization_id AND c.credential_id = r.credential_id
WHERE r.organization_id = :organization_id
    AND (:status = 0 OR r.status = :status)
    AND (:protocol = '' OR r.protocol = :protocol)
    AND (:credential_id = '' OR r.credential_id = :credential_id)
    AND r.refused_us >= :from_us
    AND r.refused_us <= :until_us
    AND (:before_id = '' OR r.refused_id < :before_id)
ORDER BY r.refused_id DESC
LIMIT :limit;

-- name: count_old_refused(organization_id, until_us, limit)$
-- How many refused requests are from before a time, up to a limit.
SELECT count(*)
FROM (
    SELECT 1
    FROM refused_request
    WHERE organization_id = :organization_id AND refused_us <= :until_us
    ORDER BY refused_id
    LIMIT :limit
) AS old;

-- name: forget_refused(organization_id, until_us)!
-- Forget old refused requests.
DELETE FROM refused_request WHERE organization_id = :organization_id AND refused_us <= :until_us;

-- name: read_refused_requests()
-- All refused requests.
SELECT
    organization_id, refused_id, refused_us, protocol, method, path, status, code, sentence, credential_id, address, size_bytes, ''
FROM refused_request;

-- name: count_unknown_sender(address, requests, first_us, last_us, protocol, method, path, status, sentence)!
-- Add to what was counted for an address.
INSERT INTO unknown_sender (address, requests, first_us, last_us, protocol, method, path, status, sentence)
VALUES (:address, :requests, :first_us, :last_us, :protocol, :method, :path, :status, :sentence)
ON CONFLICT (address) DO UPDATE
SET requests = unknown_sender.requests + excluded.requests, last_us = excluded.last_us, protocol = excluded.protocol,
    method = excluded.method, path = excluded.path, status = excluded.status, sentence = excluded.sentence;

-- name: list_unknown_senders()
-- What was counted for each address, the last seen first, and for all others at the end.
SELECT address, requests, first_us, last_us, protocol, method, path, status, sentence
FROM unknown_sender
ORDER BY CASE address WHEN '' THEN 1 ELSE 0 END, last_us DESC, address;

-- name: list_overflowing_senders(keep)
-- The addresses that are too many, those that were seen longest ago.
SELECT address, requests, first_us, last_us, protocol, method, path, status, sentence
FROM unknown_sender
WHERE address <> ''
ORDER BY last_us DESC, address
LIMIT 10000 OFFSET :keep;

-- name: forget_unknown_sender(address)!
-- Forget an address.
DELETE FROM unknown_sender WHERE address = :address;

-- name: forget_unknown_senders(until_us)!
-- Forget the addresses that were not seen since.
DELETE FROM unknown_sender WHERE last_us <= :until_us;
