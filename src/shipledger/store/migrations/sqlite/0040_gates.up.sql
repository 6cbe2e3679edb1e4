-- What happens to a gate is an entry. Earlier ones get their first when the ledger is opened.
CREATE TABLE gate_entry (
    organization_id TEXT NOT NULL,
    gate_id         TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    -- Of the gate, in its first entry.
    number          INTEGER CHECK (number >= 1),
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, gate_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX gate_entry_place ON gate_entry (organization_id, position);
CREATE UNIQUE INDEX gate_entry_number ON gate_entry (organization_id, number) WHERE number IS NOT NULL;

-- A gate is erased with its entries, no longer with the credential that asked, and what was to be told of it no longer with it.
DROP INDEX gate_delivery_due;
ALTER TABLE gate_delivery RENAME TO gate_delivery_before;
CREATE TABLE gate_delivery (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    change          INTEGER NOT NULL CHECK (change >= 1),
    status          TEXT NOT NULL CHECK (status IN ('awaiting', 'allowed', 'prevented', 'closed')),
    changed_us      INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts        INTEGER NOT NULL,
    due_us          INTEGER NOT NULL,
    answered_us     INTEGER,
    answer          TEXT NOT NULL,
    PRIMARY KEY (organization_id, deployment_id, change)
) STRICT, WITHOUT ROWID;

INSERT INTO gate_delivery SELECT organization_id, deployment_id, change, status, changed_us, state, attempts, due_us, answered_us, answer FROM gate_delivery_before;
DROP TABLE gate_delivery_before;
CREATE INDEX gate_delivery_due ON gate_delivery (organization_id, due_us) WHERE state = 'pending';

DROP INDEX gate_number;
DROP INDEX gate_credential;
DROP INDEX gate_awaiting;
ALTER TABLE gate RENAME TO gate_before;
CREATE TABLE gate (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    number          INTEGER NOT NULL CHECK (number >= 1),
    credential_id   TEXT NOT NULL,
    -- Which deployment it is in its sender's words: it may be removed before its sender asks.
    subject         TEXT NOT NULL CHECK (json_valid(subject)),
    status          TEXT NOT NULL CHECK (status IN ('awaiting', 'allowed', 'prevented', 'closed')),
    asked_us        INTEGER NOT NULL,
    changed_us      INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    gate_id         TEXT NOT NULL,
    -- 0 and '' until it has an entry.
    version         INTEGER NOT NULL DEFAULT 0,
    document        TEXT NOT NULL DEFAULT '',
    -- The status by its entries. A version without entries, which may run beside this one, changes the other alone.
    entered_status  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, deployment_id)
) STRICT, WITHOUT ROWID;

INSERT INTO gate (organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason, gate_id)
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason, deployment_id FROM gate_before;
DROP TABLE gate_before;
CREATE UNIQUE INDEX gate_number ON gate (organization_id, number);
CREATE UNIQUE INDEX gate_id ON gate (organization_id, gate_id);
CREATE INDEX gate_awaiting ON gate (organization_id, asked_us) WHERE status = 'awaiting';
CREATE INDEX gate_left ON gate (organization_id, deployment_id) WHERE status <> entered_status;

CREATE TABLE gate_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    gate_id         TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, gate_id) REFERENCES gate (organization_id, gate_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX gate_alias_gate ON gate_alias (organization_id, gate_id);
