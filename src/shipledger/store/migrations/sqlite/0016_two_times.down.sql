DROP TABLE timekeeping;

DROP INDEX receipt_free;
CREATE INDEX receipt_free ON receipt (accepted_us, receipt_id) WHERE state = 'pending' AND claimed_by IS NULL;
DROP INDEX receipt_unsettled;
CREATE INDEX receipt_unsettled ON receipt (organization_id, state, accepted_us) WHERE state <> 'settled';
DROP INDEX git_pack_pending;
CREATE INDEX git_pack_pending ON git_pack (accepted_us, pack_id) WHERE state = 'pending';
