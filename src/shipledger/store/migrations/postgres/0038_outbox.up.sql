-- Who is told of what happens: an app, by its credential, or an address that somebody gave.
CREATE TABLE outbox_target (
    organization_id        TEXT COLLATE "C" NOT NULL,
    target_id              TEXT COLLATE "C" NOT NULL,
    kind                   TEXT COLLATE "C" NOT NULL,
    name                   TEXT COLLATE "C" NOT NULL,
    created_us             BIGINT NOT NULL,
    -- Of an app, whose address and secret count, and with which the target goes.
    credential_id          TEXT COLLATE "C",
    address                TEXT COLLATE "C" NOT NULL,
    topics                 TEXT COLLATE "C" NOT NULL CHECK (CAST(topics AS json) IS NOT NULL),
    sealed_secret          BYTEA,
    previous_sealed_secret BYTEA,
    previous_until_us      BIGINT,
    -- The circuit breaker: failed attempts one after another, when it opened, and until when nothing is sent.
    failures               INTEGER NOT NULL DEFAULT 0,
    opened_us              BIGINT,
    held_until_us          BIGINT,
    PRIMARY KEY (organization_id, target_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
);

CREATE INDEX outbox_target_credential ON outbox_target (organization_id, credential_id);

-- What a target is told. Messages about one subject are sent in the order of their places.
CREATE TABLE outbox_message (
    organization_id  TEXT COLLATE "C" NOT NULL,
    message_id       TEXT COLLATE "C" NOT NULL,
    target_id        TEXT COLLATE "C" NOT NULL,
    topic            TEXT COLLATE "C" NOT NULL,
    subject_id       TEXT COLLATE "C" NOT NULL,
    place            BIGINT NOT NULL,
    body             TEXT COLLATE "C" NOT NULL CHECK (CAST(body AS json) IS NOT NULL),
    state            TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
    -- Attempts since it was written or sent again, and in all.
    tries            INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    written_us       BIGINT NOT NULL,
    since_us         BIGINT NOT NULL,
    due_us           BIGINT NOT NULL,
    ended_us         BIGINT,
    reason           TEXT COLLATE "C" NOT NULL DEFAULT '',
    -- Who sends it, until when others may not.
    claimed_by       TEXT COLLATE "C",
    claimed_until_us BIGINT,
    CHECK ((state = 'pending') = (ended_us IS NULL)),
    CHECK (state = 'pending' OR claimed_by IS NULL),
    CHECK ((claimed_by IS NULL) = (claimed_until_us IS NULL)),
    PRIMARY KEY (organization_id, message_id),
    FOREIGN KEY (organization_id, target_id) REFERENCES outbox_target ON DELETE CASCADE
);

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
    organization_id TEXT COLLATE "C" NOT NULL,
    message_id      TEXT COLLATE "C" NOT NULL,
    number          INTEGER NOT NULL CHECK (number >= 1),
    at_us           BIGINT NOT NULL,
    took_us         BIGINT NOT NULL,
    result          TEXT COLLATE "C" NOT NULL CHECK (result IN ('delivered', 'failed', 'refused')),
    status          INTEGER,
    answer          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, message_id, number),
    FOREIGN KEY (organization_id, message_id) REFERENCES outbox_message ON DELETE CASCADE
);
