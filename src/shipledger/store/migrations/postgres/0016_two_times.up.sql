-- One row: how far the order of acceptance is, the time that the nodes saw last, and since when that has gone on without a
-- jump or a gap.
CREATE TABLE timekeeping (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    order_us      BIGINT NOT NULL,
    seen_us       BIGINT NOT NULL,
    even_since_us BIGINT NOT NULL
);

-- Ids of receipts are made of their place in the order; a time of acceptance is what a clock said, which may be set back.
DROP INDEX receipt_free;
CREATE INDEX receipt_free ON receipt (receipt_id) WHERE state = 'pending' AND claimed_by IS NULL;
DROP INDEX receipt_unsettled;
CREATE INDEX receipt_unsettled ON receipt (organization_id, state, receipt_id) WHERE state <> 'settled';
DROP INDEX git_pack_pending;
CREATE INDEX git_pack_pending ON git_pack (pack_id) WHERE state = 'pending';
