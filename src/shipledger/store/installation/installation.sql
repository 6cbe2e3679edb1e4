-- name: find_installation()^
-- Which ledger this is, and how it was left.
SELECT ledger_id, key_check, served_since_us, archive_key_check FROM installation WHERE id = 1;

-- name: save_key_check(key_check, expected)!
-- Remember which key secrets are encrypted with, unless somebody was faster.
UPDATE installation SET key_check = :key_check WHERE id = 1 AND coalesce(key_check, '') = :expected;

-- name: save_archive_key_check(key_check, expected)!
-- Remember which key archives are signed with, unless somebody was faster.
UPDATE installation SET archive_key_check = :key_check WHERE id = 1 AND coalesce(archive_key_check, '') = :expected;

-- name: note_served(since_us)!
-- A server has the file open.
UPDATE installation SET served_since_us = :since_us WHERE id = 1;

-- name: forget_served(since_us)!
-- The file was closed in good order, unless another server has opened it since.
UPDATE installation SET served_since_us = NULL WHERE id = 1 AND served_since_us = :since_us;

-- name: forget_served_copy()!
-- Nobody serves a copy.
UPDATE installation SET served_since_us = NULL WHERE id = 1;
