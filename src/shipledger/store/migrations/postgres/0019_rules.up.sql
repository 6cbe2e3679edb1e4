-- By which rules the stored projections were made from entries, as the program counts them; 1 before it did.
CREATE TABLE projection_rules (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL CHECK (revision >= 1)
);
INSERT INTO projection_rules (id, revision) VALUES (1, 1);

-- A node of a version before writes projections by its own rules.
ALTER TABLE node ADD COLUMN rules INTEGER NOT NULL DEFAULT 1;
