-- Every kind of record may lose entries: their kind is no longer one of a list.
ALTER TABLE tombstone RENAME TO tombstone_before;

CREATE TABLE tombstone (
    organization_id TEXT NOT NULL REFERENCES organization,
    kind            TEXT NOT NULL,
    subject_id      TEXT NOT NULL,
    -- Of an entry; 0 for everything else.
    version         INTEGER NOT NULL CHECK (version >= 0),
    -- SHA-256 of the content in hexadecimal; NULL where there was none.
    digest          TEXT CHECK (length(digest) = 64),
    erased_us       INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    PRIMARY KEY (organization_id, kind, subject_id, version)
) STRICT, WITHOUT ROWID;

INSERT INTO tombstone SELECT organization_id, kind, subject_id, version, digest, erased_us, reason FROM tombstone_before;
DROP TABLE tombstone_before;
