-- Filters of lists that people keep under a name. "query" is that of an address.
CREATE TABLE saved_view (
    organization_id TEXT NOT NULL,
    person_id       TEXT NOT NULL,
    view_id         TEXT NOT NULL,
    name            TEXT NOT NULL,
    query           TEXT NOT NULL,
    created_us      INTEGER NOT NULL,
    PRIMARY KEY (organization_id, person_id, view_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX saved_view_name ON saved_view (organization_id, person_id, name);
