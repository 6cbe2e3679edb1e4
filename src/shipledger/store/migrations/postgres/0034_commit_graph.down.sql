ALTER TABLE git_commit DROP COLUMN learned_us;
ALTER TABLE git_commit DROP COLUMN message;
ALTER TABLE git_commit DROP COLUMN author_hash;
ALTER TABLE git_commit DROP COLUMN author_name;
ALTER TABLE git_commit DROP COLUMN has_parents;
