-- Settings of organizations have entries: one record for each organization, team, service and pipeline that has its own.
CREATE TABLE setting_entry (
    organization_id TEXT COLLATE "C" NOT NULL,
    setting_id      TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT COLLATE "C" NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     BIGINT NOT NULL,
    recorded_us     BIGINT NOT NULL,
    submission      TEXT COLLATE "C" NOT NULL,
    actor           TEXT COLLATE "C" NOT NULL,
    number          INTEGER,
    position        BIGINT NOT NULL DEFAULT nextval('entry_position'),
    PRIMARY KEY (organization_id, setting_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
);

CREATE UNIQUE INDEX setting_entry_place ON setting_entry (organization_id, position);

CREATE TABLE setting (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization,
    setting_id      TEXT COLLATE "C" NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 0),
    document        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, setting_id)
);

CREATE TABLE setting_alias (
    organization_id TEXT COLLATE "C" NOT NULL,
    scope           TEXT COLLATE "C" NOT NULL,
    key             TEXT COLLATE "C" NOT NULL,
    setting_id      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, setting_id) REFERENCES setting ON DELETE CASCADE
);

CREATE INDEX setting_alias_setting ON setting_alias (organization_id, setting_id);

-- What organizations take for known, and the sites that issues are read from, become settings without entries, until the first
-- start of this version makes entries of them. The old tables stay: one for nodes of the version before, the other for tokens.
INSERT INTO setting (organization_id, setting_id, version, document)
SELECT
    o.organization_id,
    'organization',
    0,
    CAST(
        jsonb_build_object(
            'organization_id', o.organization_id,
            'scope', jsonb_build_object('kind', 'organization'),
            'version', 0,
            'values', jsonb_strip_nulls(
                jsonb_build_object(
                    'issue_mode',
                    CASE WHEN r.mode IS NOT NULL THEN jsonb_build_object('value', r.mode) END,
                    'issue_projects',
                    CASE
                        WHEN r.projects <> '' THEN jsonb_build_object('value', to_jsonb(string_to_array(r.projects, ' ')))
                    END,
                    'known_services',
                    CASE WHEN r.only_registered_services = 1 THEN jsonb_build_object('value', 'registered') END,
                    'issue_site',
                    CASE WHEN s.url IS NOT NULL THEN jsonb_build_object('value', s.url) END,
                    'issue_site_projects',
                    CASE
                        WHEN s.projects <> '' THEN jsonb_build_object('value', to_jsonb(string_to_array(s.projects, ' ')))
                    END
                )
            )
        ) AS text
    )
FROM organization AS o
LEFT JOIN association_rules AS r ON r.organization_id = o.organization_id
LEFT JOIN issue_site AS s ON s.organization_id = o.organization_id
WHERE r.mode IS NOT NULL OR r.only_registered_services = 1 OR s.url IS NOT NULL;
