DROP INDEX git_pack_pending;
CREATE INDEX git_pack_pending ON git_pack (pack_id) WHERE state = 'pending';
