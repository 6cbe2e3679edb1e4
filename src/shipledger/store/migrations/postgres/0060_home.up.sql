-- When somebody looked at an organization: until when they had looked before this visit, and last in it.
CREATE TABLE person_look (
    organization_id TEXT COLLATE "C" NOT NULL,
    person_id       TEXT COLLATE "C" NOT NULL,
    since_us        BIGINT NOT NULL,
    seen_us         BIGINT NOT NULL,
    PRIMARY KEY (organization_id, person_id)
);

-- Few incidents are open at a time.
CREATE INDEX incident_open ON incident (organization_id, started_us DESC, incident_id DESC) WHERE ended_us IS NULL;
