-- Those that the ledger writes to itself are counted, so that no hour has too many of them.
CREATE INDEX receipt_own ON receipt (organization_id, accepted_us) WHERE protocol = 'shipledger';
