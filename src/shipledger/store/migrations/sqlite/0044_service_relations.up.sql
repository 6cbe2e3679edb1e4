-- Which service depends on which, or contains it. The other side may be gone: readings leave it out.
CREATE TABLE service_relation (
    organization_id TEXT NOT NULL,
    service_id      TEXT NOT NULL,
    kind            TEXT NOT NULL,
    other_id        TEXT NOT NULL,
    PRIMARY KEY (organization_id, service_id, kind, other_id),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
