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

-- What organizations take for known becomes settings without entries, until the first start of this version makes entries of
-- them. The old table stays as it is for nodes of the version before, and nobody else reads it.
INSERT INTO setting (organization_id, setting_id, version, document)
SELECT
    organization_id,
    'organization',
    0,
    json_object(
        'organization_id', organization_id,
        'scope', json_object('kind', 'organization'),
        'version', 0,
        'values', json_patch(
            '{}',
            json_object(
                'issue_mode',
                json(CASE WHEN mode IS NOT NULL THEN json_object('value', mode) END),
                'issue_projects',
                json(
                    CASE
                        WHEN projects <> ''
                            THEN json_object('value', json('["' || replace(projects, ' ', '","') || '"]'))
                    END
                ),
                'known_services',
                json(CASE WHEN only_registered_services = 1 THEN json_object('value', 'registered') END)
            )
        )
    )
FROM association_rules
WHERE mode IS NOT NULL OR only_registered_services = 1;
