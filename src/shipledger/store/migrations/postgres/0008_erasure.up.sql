-- What is left of what was erased: that it was there, and the digest of what it said. Nothing of anybody.
CREATE TABLE tombstone (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    kind            TEXT COLLATE "C" NOT NULL CHECK (
        kind IN ('deployment_entry', 'incident_entry', 'receipt', 'pack', 'commit', 'credential', 'organization')
    ),
    subject_id      TEXT COLLATE "C" NOT NULL,
    -- Of an entry; 0 for everything else.
    version         INTEGER NOT NULL CHECK (version >= 0),
    -- SHA-256 of the content in hexadecimal; NULL where there was none.
    digest          TEXT COLLATE "C" CHECK (length(digest) = 64),
    erased_us       BIGINT NOT NULL,
    reason          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, kind, subject_id, version)
);

-- Who sent a pack; '' where it came before this was kept.
ALTER TABLE git_pack ADD COLUMN credential_id TEXT COLLATE "C" NOT NULL DEFAULT '';
-- What git calls it in the repository's folder, once it is indexed.
ALTER TABLE git_pack ADD COLUMN pack_name TEXT COLLATE "C";

-- Who sent a commit: it is erased with the last of them.
CREATE TABLE git_commit_sender (
    organization_id TEXT COLLATE "C" NOT NULL,
    repository_key  TEXT COLLATE "C" NOT NULL,
    commit_id       TEXT COLLATE "C" NOT NULL,
    credential_id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, repository_key, commit_id, credential_id),
    FOREIGN KEY (organization_id, repository_key, commit_id) REFERENCES git_commit ON DELETE CASCADE
);
