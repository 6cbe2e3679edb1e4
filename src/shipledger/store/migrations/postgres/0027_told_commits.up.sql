-- What a sender tells of a commit without sending it: its message, author, files and time. None: it sent the commit itself.
ALTER TABLE git_commit_sender ADD COLUMN told TEXT COLLATE "C";
ALTER TABLE git_commit_sender ADD COLUMN update_sequence BIGINT;
ALTER TABLE git_commit_sender ADD COLUMN learned_us BIGINT;
-- What the sender calls the repository.
ALTER TABLE git_commit_sender ADD COLUMN remote_id TEXT COLLATE "C";

CREATE INDEX git_commit_sender_told ON git_commit_sender (organization_id, credential_id, remote_id);

-- Repositories that a sender tells of. A commit that was only told has no parents and no tree.
CREATE TABLE told_repository (
    organization_id TEXT COLLATE "C" NOT NULL,
    credential_id   TEXT COLLATE "C" NOT NULL,
    remote_id       TEXT COLLATE "C" NOT NULL CHECK (remote_id <> ''),
    -- The canonical name, as written and without case; the sender's id where its address names none.
    repository      TEXT COLLATE "C" NOT NULL CHECK (repository <> ''),
    repository_key  TEXT COLLATE "C" NOT NULL CHECK (repository_key <> ''),
    name            TEXT COLLATE "C" NOT NULL,
    url             TEXT COLLATE "C" NOT NULL,
    update_sequence BIGINT NOT NULL,
    properties      TEXT COLLATE "C" NOT NULL,
    learned_us      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, credential_id, remote_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
);
