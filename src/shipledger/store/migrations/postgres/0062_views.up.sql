-- Filters of lists that people keep under a name. "query" is that of an address.
CREATE TABLE saved_view (
    organization_id TEXT COLLATE "C" NOT NULL,
    person_id       TEXT COLLATE "C" NOT NULL,
    view_id         TEXT COLLATE "C" NOT NULL,
    name            TEXT COLLATE "C" NOT NULL,
    query           TEXT COLLATE "C" NOT NULL,
    created_us      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, person_id, view_id)
);

CREATE UNIQUE INDEX saved_view_name ON saved_view (organization_id, person_id, name);
