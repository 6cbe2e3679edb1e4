-- A git pack that waits to be indexed, or what became of it.
CREATE TABLE git_pack (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    pack_id         TEXT COLLATE "C" NOT NULL,
    repository      TEXT COLLATE "C" NOT NULL CHECK (repository <> ''),
    head_commit     TEXT COLLATE "C" NOT NULL CHECK (length(head_commit) IN (40, 64)),
    size_bytes      BIGINT NOT NULL CHECK (size_bytes > 0),
    accepted_us     BIGINT NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'indexed', 'refused')),
    content         BYTEA,
    settled_us      BIGINT,
    failure         TEXT COLLATE "C",
    PRIMARY KEY (organization_id, pack_id),
    CHECK ((state = 'pending') = (content IS NOT NULL)),
    CHECK ((state = 'pending') = (settled_us IS NULL)),
    CHECK ((state = 'refused') = (failure IS NOT NULL))
);

CREATE INDEX git_pack_pending ON git_pack (accepted_us, pack_id) WHERE state = 'pending';
CREATE INDEX git_pack_unindexed ON git_pack (state) WHERE state <> 'indexed';

CREATE TABLE git_commit (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    -- The canonical name without case.
    repository_key  TEXT COLLATE "C" NOT NULL CHECK (repository_key <> ''),
    commit_id       TEXT COLLATE "C" NOT NULL CHECK (length(commit_id) IN (40, 64)),
    -- Separated by spaces.
    parents         TEXT COLLATE "C" NOT NULL,
    tree            TEXT COLLATE "C" NOT NULL,
    authored_us     BIGINT NOT NULL,
    committed_us    BIGINT NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    -- Whether its pack is indexed and its tree is there.
    is_known        INTEGER NOT NULL CHECK (is_known IN (0, 1)),
    PRIMARY KEY (organization_id, repository_key, commit_id)
);

CREATE INDEX git_commit_unknown ON git_commit (organization_id, repository_key) WHERE is_known = 0;
