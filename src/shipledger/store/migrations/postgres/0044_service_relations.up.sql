-- Which service depends on which, or contains it. The other side may be gone: readings leave it out.
CREATE TABLE service_relation (
    organization_id TEXT COLLATE "C" NOT NULL,
    service_id      TEXT COLLATE "C" NOT NULL,
    kind            TEXT COLLATE "C" NOT NULL,
    other_id        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, service_id, kind, other_id),
    FOREIGN KEY (organization_id, service_id) REFERENCES service ON DELETE CASCADE
);
