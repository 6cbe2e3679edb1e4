-- name: read_revision()$
-- The revision of the schema.
SELECT version_num FROM alembic_version;

-- name: write_revision(revision)!
-- Say which revision a fresh schema has.
INSERT INTO alembic_version (version_num) VALUES (:revision);

-- name: touch_revision()!
-- A write that changes nothing, to prove that writing works.
UPDATE alembic_version SET version_num = version_num;
