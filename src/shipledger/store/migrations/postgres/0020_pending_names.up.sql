-- The names that pending receipts concern, as numbers: who settles one can tell which others come first, wherever they wait.
CREATE TABLE pending_name (
    organization_id TEXT COLLATE "C" NOT NULL,
    name            BIGINT NOT NULL,
    receipt_id      TEXT COLLATE "C" NOT NULL,
    -- 1 when the receipt may record something of this name, 0 when it changes or removes what the name names.
    may_record      INTEGER NOT NULL CHECK (may_record IN (0, 1)),
    PRIMARY KEY (organization_id, name, receipt_id)
);

-- A number stands for a name in its organization. A search for many of them by this index alone is quick however few or many
-- rows the planner believes to be there: the table is often empty, and fills in seconds.
CREATE INDEX pending_name_name ON pending_name (name);

-- 1 when the names of the receipt are in the table above. Those that the version before accepts have 0.
ALTER TABLE receipt ADD COLUMN are_names_noted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX receipt_unnoted ON receipt (organization_id, receipt_id) WHERE state = 'pending' AND are_names_noted = 0;
