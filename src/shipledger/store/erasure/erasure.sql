-- name: save_tombstone(organization_id, kind, subject_id, version, digest, erased_us, reason)!
-- Say that something was erased, unless that is said.
INSERT INTO tombstone (organization_id, kind, subject_id, version, digest, erased_us, reason)
VALUES (:organization_id, :kind, :subject_id, :version, :digest, :erased_us, :reason)
ON CONFLICT (organization_id, kind, subject_id, version) DO NOTHING;

-- name: list_tombstones(organization_id, kind, subject_id, version, limit)
-- What was erased in an organization, in key order, after a place.
SELECT organization_id, kind, subject_id, version, digest, erased_us, reason
FROM tombstone
WHERE organization_id = :organization_id AND (kind, subject_id, version) > (:kind, :subject_id, :version)
ORDER BY kind, subject_id, version
LIMIT :limit;

-- name: find_receipt_content(organization_id, receipt_id)^
-- All that a receipt says, and how far it is.
SELECT organization_id, receipt_id, credential_id, protocol, operation, parameters, body, accepted_us, state
FROM receipt
WHERE organization_id = :organization_id AND receipt_id = :receipt_id;

-- name: erase_receipt(organization_id, receipt_id, now_us)!
-- Leave of a receipt that it came, from whom and when. One that nobody has decided is over.
UPDATE receipt
SET parameters = '{}', body = '', translation = NULL, digest = substr(digest, 1, 34), failure = NULL, state = 'settled',
    claimed_by = NULL, settled_us = coalesce(settled_us, :now_us)
WHERE organization_id = :organization_id AND receipt_id = :receipt_id;

-- name: forget_names_of_receipt(organization_id, receipt_id)!
-- Forget the names of a receipt that is over without having been settled.
DELETE FROM pending_name
WHERE organization_id = :organization_id AND receipt_id = :receipt_id;

-- name: erase_verdicts(organization_id, receipt_id)!
-- Leave of the verdicts on a receipt what was decided, without the words.
UPDATE verdict
SET sentence = '', subject = '', digest = substr(digest, 1, 34)
WHERE organization_id = :organization_id AND receipt_id = :receipt_id;

-- name: save_erased_verdict(organization_id, receipt_id, sentence, digest, now_us)!
-- Say of a receipt that nobody has decided that it never will be.
INSERT INTO verdict (organization_id, receipt_id, item, kind, reason, sentence, subject, deployment_id, settled_us, digest)
VALUES (:organization_id, :receipt_id, 0, 'rejected', '', :sentence, '', NULL, :now_us, :digest);

-- name: list_receipts_to_erase(organization_id, credential_id, after, limit)
-- The next receipts, with 1 for those that a credential, or any for '', sent and that are not erased.
SELECT
    r.receipt_id,
    CASE WHEN (:credential_id = '' OR r.credential_id = :credential_id) AND t.subject_id IS NULL THEN 1 ELSE 0 END
FROM receipt AS r
LEFT JOIN tombstone AS t
    ON t.organization_id = r.organization_id AND t.kind = 'receipt' AND t.subject_id = r.receipt_id AND t.version = 0
WHERE r.organization_id = :organization_id AND r.receipt_id > :after
ORDER BY r.receipt_id
LIMIT :limit;

-- name: delete_credential(organization_id, credential_id)!
-- Forget a credential with its tokens and its app.
DELETE FROM credential
WHERE organization_id = :organization_id AND credential_id = :credential_id;

-- name: count_others_to_walk(organization_id)$
-- How many receipts, packs and commits an erasure looks at besides entries.
SELECT
    (SELECT count(*) FROM receipt WHERE organization_id = :organization_id)
    + (SELECT count(*) FROM git_pack WHERE organization_id = :organization_id)
    + (SELECT count(*) FROM git_commit WHERE organization_id = :organization_id);
