DROP TABLE gate_alias;
DROP TABLE gate_entry;

DROP INDEX gate_delivery_due;
ALTER TABLE gate_delivery RENAME TO gate_delivery_before;
DROP INDEX gate_number;
DROP INDEX gate_id;
DROP INDEX gate_awaiting;
DROP INDEX gate_left;
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
    PRIMARY KEY (organization_id, deployment_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO gate
SELECT organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason
FROM gate_before AS g
WHERE EXISTS (
    SELECT 1 FROM credential AS c WHERE c.organization_id = g.organization_id AND c.credential_id = g.credential_id
);
DROP TABLE gate_before;
CREATE UNIQUE INDEX gate_number ON gate (organization_id, number);
CREATE INDEX gate_credential ON gate (organization_id, credential_id);
CREATE INDEX gate_awaiting ON gate (organization_id, asked_us) WHERE status = 'awaiting';

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
    PRIMARY KEY (organization_id, deployment_id, change),
    FOREIGN KEY (organization_id, deployment_id) REFERENCES gate ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO gate_delivery
SELECT organization_id, deployment_id, change, status, changed_us, state, attempts, due_us, answered_us, answer
FROM gate_delivery_before AS d
WHERE EXISTS (SELECT 1 FROM gate AS g WHERE g.organization_id = d.organization_id AND g.deployment_id = d.deployment_id);
DROP TABLE gate_delivery_before;
CREATE INDEX gate_delivery_due ON gate_delivery (organization_id, due_us) WHERE state = 'pending';
