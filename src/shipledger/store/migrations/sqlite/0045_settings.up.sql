-- Settings of organizations have entries: one record for each organization, team, service and pipeline that has its own.
CREATE TABLE setting_entry (
    organization_id TEXT NOT NULL,
    setting_id      TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 1),
    receipt_id      TEXT NOT NULL,
    item            INTEGER NOT NULL CHECK (item >= 0),
    accepted_us     INTEGER NOT NULL,
    recorded_us     INTEGER NOT NULL,
    submission      TEXT NOT NULL,
    actor           TEXT NOT NULL,
    number          INTEGER,
    position        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, setting_id, version),
    FOREIGN KEY (organization_id, receipt_id) REFERENCES receipt
) STRICT;

CREATE UNIQUE INDEX setting_entry_place ON setting_entry (organization_id, position);

CREATE TABLE setting (
    organization_id TEXT NOT NULL REFERENCES organization,
    setting_id      TEXT NOT NULL,
    version         INTEGER NOT NULL CHECK (version >= 0),
    document        TEXT NOT NULL,
    PRIMARY KEY (organization_id, setting_id)
) STRICT;

CREATE TABLE setting_alias (
    organization_id TEXT NOT NULL,
    scope           TEXT NOT NULL,
    key             TEXT NOT NULL,
    setting_id      TEXT NOT NULL,
    PRIMARY KEY (organization_id, scope, key),
    FOREIGN KEY (organization_id, setting_id) REFERENCES setting ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX setting_alias_setting ON setting_alias (organization_id, setting_id);

-- What organizations take for known, and the sites that issues are read from, become settings without entries, until the first
-- start of this version makes entries of them. The old tables stay: one for nodes of the version before, the other for tokens.
INSERT INTO setting (organization_id, setting_id, version, document)
SELECT
    o.organization_id,
    'organization',
    0,
    json_object(
        'organization_id', o.organization_id,
        'scope', json_object('kind', 'organization'),
        'version', 0,
        'values', json_patch(
            '{}',
            json_object(
                'issue_mode',
                json(CASE WHEN r.mode IS NOT NULL THEN json_object('value', r.mode) END),
                'issue_projects',
                json(
                    CASE
                        WHEN r.projects <> ''
                            THEN json_object('value', json('["' || replace(r.projects, ' ', '","') || '"]'))
                    END
                ),
                'known_services',
                json(CASE WHEN r.only_registered_services = 1 THEN json_object('value', 'registered') END),
                'issue_site',
                json(CASE WHEN s.url IS NOT NULL THEN json_object('value', s.url) END),
                'issue_site_projects',
                json(
                    CASE
                        WHEN s.projects <> ''
                            THEN json_object('value', json('["' || replace(s.projects, ' ', '","') || '"]'))
                    END
                )
            )
        )
    )
FROM organization AS o
LEFT JOIN association_rules AS r ON r.organization_id = o.organization_id
LEFT JOIN issue_site AS s ON s.organization_id = o.organization_id
WHERE r.mode IS NOT NULL OR r.only_registered_services = 1 OR s.url IS NOT NULL;
