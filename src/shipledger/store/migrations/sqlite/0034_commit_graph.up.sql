-- Whether the parents are those of the commit, as who sent it or told of it said; what was only told may have none.
ALTER TABLE git_commit ADD COLUMN has_parents INTEGER NOT NULL DEFAULT 0 CHECK (has_parents IN (0, 1));
UPDATE git_commit SET has_parents = 1 WHERE tree <> '';
-- What a commit that was sent says of itself, and when it came; '' and none in those of versions that did not keep it.
ALTER TABLE git_commit ADD COLUMN author_name TEXT NOT NULL DEFAULT '';
ALTER TABLE git_commit ADD COLUMN author_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE git_commit ADD COLUMN message TEXT NOT NULL DEFAULT '';
ALTER TABLE git_commit ADD COLUMN learned_us INTEGER;
