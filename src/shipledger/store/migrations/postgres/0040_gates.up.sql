-- What happens to a gate is an entry. Earlier ones get their first when the ledger is opened.
CREATE TABLE gate_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    gate_id         TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    -- Of the gate, in its first entry.
    number          INTEGER CHECK (number >= 1),
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, gate_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX gate_entry_place ON gate_entry (organization_id, position);
CREATE UNIQUE INDEX gate_entry_number ON gate_entry (organization_id, number) WHERE number IS NOT NULL;

-- A gate is erased with its entries, no longer with the credential that asked, and what was to be told of it no longer with it.
ALTER TABLE gate_delivery DROP CONSTRAINT gate_delivery_organization_id_deployment_id_fkey;
ALTER TABLE gate DROP CONSTRAINT gate_organization_id_credential_id_fkey;
DROP INDEX gate_credential;

ALTER TABLE gate ADD COLUMN gate_id TEXT COLLATE "C";
UPDATE gate SET gate_id = deployment_id;
-- Nodes of the version before may run beside this one, and know nothing of these columns.
ALTER TABLE gate ALTER COLUMN gate_id SET DEFAULT gen_random_uuid();
ALTER TABLE gate ALTER COLUMN gate_id SET NOT NULL;
-- 0 and '' until it has an entry.
ALTER TABLE gate ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gate ADD COLUMN document TEXT COLLATE "C" NOT NULL DEFAULT '';
-- The status by its entries. A version without entries changes the other alone.
ALTER TABLE gate ADD COLUMN entered_status TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE UNIQUE INDEX gate_id ON gate (organization_id, gate_id);
CREATE INDEX gate_left ON gate (organization_id, deployment_id) WHERE status <> entered_status;

CREATE TABLE gate_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    gate_id         TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, gate_id) REFERENCES gate (organization_id, gate_id) ON DELETE CASCADE
);

CREATE INDEX gate_alias_gate ON gate_alias (organization_id, gate_id);
