DROP TABLE git_commit_sender;
ALTER TABLE git_pack DROP COLUMN pack_name;
ALTER TABLE git_pack DROP COLUMN credential_id;
DROP TABLE tombstone;
