-- The gates of an organization are numbered, and no number is given twice.
ALTER TABLE organization ADD COLUMN gate_count INTEGER NOT NULL DEFAULT 0;

-- Whether deployments that asked may go on.
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

CREATE UNIQUE INDEX gate_number ON gate (organization_id, number);
CREATE INDEX gate_credential ON gate (organization_id, credential_id);

-- Changes of gates that apps are told of, and what they answered.
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

CREATE INDEX gate_delivery_due ON gate_delivery (organization_id, due_us) WHERE state = 'pending';
