-- What is left of what was erased: that it was there, and the digest of what it said. Nothing of anybody.
CREATE TABLE tombstone (
    organization_id TEXT NOT NULL REFERENCES organization,
    kind            TEXT NOT NULL CHECK (
        kind IN ('deployment_entry', 'incident_entry', 'receipt', 'pack', 'commit', 'credential', 'organization')
    ),
    subject_id      TEXT NOT NULL,
    -- Of an entry; 0 for everything else.
    version         INTEGER NOT NULL CHECK (version >= 0),
    -- SHA-256 of the content in hexadecimal; NULL where there was none.
    digest          TEXT CHECK (length(digest) = 64),
    erased_us       INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    PRIMARY KEY (organization_id, kind, subject_id, version)
) STRICT, WITHOUT ROWID;

-- Who sent a pack; '' where it came before this was kept.
ALTER TABLE git_pack ADD COLUMN credential_id TEXT NOT NULL DEFAULT '';
-- What git calls it in the repository's folder, once it is indexed.
ALTER TABLE git_pack ADD COLUMN pack_name TEXT;

-- Who sent a commit: it is erased with the last of them.
CREATE TABLE git_commit_sender (
    organization_id TEXT NOT NULL,
    repository_key  TEXT NOT NULL,
    commit_id       TEXT NOT NULL,
    credential_id   TEXT NOT NULL,
    PRIMARY KEY (organization_id, repository_key, commit_id, credential_id),
    FOREIGN KEY (organization_id, repository_key, commit_id) REFERENCES git_commit ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
