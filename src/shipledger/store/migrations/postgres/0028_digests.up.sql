-- What a receipt asks for, as it was understood when it was accepted, with a digest in front. Settlement takes it away.
ALTER TABLE receipt ADD COLUMN translation TEXT COLLATE "C";

-- Digests of what nothing else repeats, by which damage is noticed; none in rows of earlier versions.
ALTER TABLE receipt ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE verdict ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE organization ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE credential ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE service ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE service_name ADD COLUMN digest TEXT COLLATE "C";
ALTER TABLE service_repository ADD COLUMN digest TEXT COLLATE "C";

-- A digest of the key that archives are signed with.
ALTER TABLE installation ADD COLUMN archive_key_check TEXT COLLATE "C";
