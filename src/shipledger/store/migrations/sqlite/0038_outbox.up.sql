-- Who is told of what happens: an app, by its credential, or an address that somebody gave.
CREATE TABLE outbox_target (
    organization_id        TEXT NOT NULL,
    target_id              TEXT NOT NULL,
    kind                   TEXT NOT NULL,
    name                   TEXT NOT NULL,
    created_us             INTEGER NOT NULL,
    -- Of an app, whose address and secret count, and with which the target goes.
    credential_id          TEXT,
    address                TEXT NOT NULL,
    topics                 TEXT NOT NULL CHECK (json_valid(topics)),
    sealed_secret          BLOB,
    previous_sealed_secret BLOB,
    previous_until_us      INTEGER,
    -- The circuit breaker: failed attempts one after another, when it opened, and until when nothing is sent.
    failures               INTEGER NOT NULL DEFAULT 0,
    opened_us              INTEGER,
    held_until_us          INTEGER,
    PRIMARY KEY (organization_id, target_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_target_credential ON outbox_target (organization_id, credential_id);

-- What a target is told. Messages about one subject are sent in the order of their places.
CREATE TABLE outbox_message (
    organization_id  TEXT NOT NULL,
    message_id       TEXT NOT NULL,
    target_id        TEXT NOT NULL,
    topic            TEXT NOT NULL,
    subject_id       TEXT NOT NULL,
    place            INTEGER NOT NULL,
    body             TEXT NOT NULL CHECK (json_valid(body)),
    state            TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
    -- Attempts since it was written or sent again, and in all.
    tries            INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    written_us       INTEGER NOT NULL,
    since_us         INTEGER NOT NULL,
    due_us           INTEGER NOT NULL,
    ended_us         INTEGER,
    reason           TEXT NOT NULL DEFAULT '',
    -- Who sends it, until when others may not.
    claimed_by       TEXT,
    claimed_until_us INTEGER,
    CHECK ((state = 'pending') = (ended_us IS NULL)),
    CHECK (state = 'pending' OR claimed_by IS NULL),
    CHECK ((claimed_by IS NULL) = (claimed_until_us IS NULL)),
    PRIMARY KEY (organization_id, message_id),
    FOREIGN KEY (organization_id, target_id) REFERENCES outbox_target ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX outbox_message_subject ON outbox_message (organization_id, subject_id, target_id, place);
CREATE INDEX outbox_message_written ON outbox_message (organization_id, written_us, message_id);
CREATE INDEX outbox_message_ended ON outbox_message (organization_id, ended_us, state) WHERE state <> 'pending';
CREATE INDEX outbox_message_pending ON outbox_message
    (organization_id, target_id, subject_id, place, due_us, since_us, written_us, claimed_by, claimed_until_us, state)
    WHERE state = 'pending';
CREATE INDEX outbox_message_given_up ON outbox_message (organization_id, target_id, state) WHERE state = 'given_up';
CREATE INDEX outbox_message_claimed ON outbox_message (organization_id, target_id, claimed_until_us, claimed_by)
    WHERE claimed_by IS NOT NULL;

-- The log of attempts.
CREATE TABLE outbox_attempt (
    organization_id TEXT NOT NULL,
    message_id      TEXT NOT NULL,
    number          INTEGER NOT NULL CHECK (number >= 1),
    at_us           INTEGER NOT NULL,
    took_us         INTEGER NOT NULL,
    result          TEXT NOT NULL CHECK (result IN ('delivered', 'failed', 'refused')),
    status          INTEGER,
    answer          TEXT NOT NULL,
    PRIMARY KEY (organization_id, message_id, number),
    FOREIGN KEY (organization_id, message_id) REFERENCES outbox_message ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
