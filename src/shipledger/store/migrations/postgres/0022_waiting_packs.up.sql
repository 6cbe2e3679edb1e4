-- Packs wait for the turn of their organization.
DROP INDEX git_pack_pending;
CREATE INDEX git_pack_pending ON git_pack (organization_id, pack_id) WHERE state = 'pending';
