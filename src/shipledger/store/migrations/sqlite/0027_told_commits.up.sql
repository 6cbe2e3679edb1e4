-- What a sender tells of a commit without sending it: its message, author, files and time. None: it sent the commit itself.
ALTER TABLE git_commit_sender ADD COLUMN told TEXT;
ALTER TABLE git_commit_sender ADD COLUMN update_sequence INTEGER;
ALTER TABLE git_commit_sender ADD COLUMN learned_us INTEGER;
-- What the sender calls the repository.
ALTER TABLE git_commit_sender ADD COLUMN remote_id TEXT;

CREATE INDEX git_commit_sender_told ON git_commit_sender (organization_id, credential_id, remote_id);

-- Repositories that a sender tells of. A commit that was only told has no parents and no tree.
CREATE TABLE told_repository (
    organization_id TEXT NOT NULL,
    credential_id   TEXT NOT NULL,
    remote_id       TEXT NOT NULL CHECK (remote_id <> ''),
    -- The canonical name, as written and without case; the sender's id where its address names none.
    repository      TEXT NOT NULL CHECK (repository <> ''),
    repository_key  TEXT NOT NULL CHECK (repository_key <> ''),
    name            TEXT NOT NULL,
    url             TEXT NOT NULL,
    update_sequence INTEGER NOT NULL,
    properties      TEXT NOT NULL CHECK (json_valid(properties)),
    learned_us      INTEGER NOT NULL,
    PRIMARY KEY (organization_id, credential_id, remote_id),
    FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
