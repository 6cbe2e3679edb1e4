DROP TABLE told_repository;
DROP INDEX git_commit_sender_told;
DELETE FROM git_commit WHERE tree = '';
ALTER TABLE git_commit_sender DROP COLUMN remote_id;
ALTER TABLE git_commit_sender DROP COLUMN learned_us;
ALTER TABLE git_commit_sender DROP COLUMN update_sequence;
ALTER TABLE git_commit_sender DROP COLUMN told;
