ALTER TABLE lane RENAME TO former_lane;
DROP INDEX lane_order;

-- A row for each lane of a deployment: a service as its sender named it ("name:…") or a repository ("repository:…"), in one
-- environment, by its name without case. One that was rolled back has a second row, for the time in which it ran.
CREATE TABLE lane (
    organization_id TEXT NOT NULL,
    deployment_id   TEXT NOT NULL,
    lane_key        TEXT NOT NULL,
    environment_key TEXT NOT NULL,
    part            TEXT NOT NULL CHECK (part IN ('ran', 'under_way', 'other')),
    -- When it ended, or began if it has not; when it began; and what tells apart those of one moment.
    at_us           INTEGER NOT NULL,
    placed_us       INTEGER NOT NULL,
    sequence        INTEGER NOT NULL,
    sender_id       TEXT NOT NULL,
    -- When it was rolled back, if that ended this part; else the greatest number.
    until_us        INTEGER NOT NULL,
    PRIMARY KEY (organization_id, deployment_id, lane_key, part)
) STRICT, WITHOUT ROWID;

INSERT INTO lane (organization_id, deployment_id, lane_key, environment_key, part, at_us, placed_us, sequence, sender_id, until_us)
SELECT organization_id, deployment_id, lane_key, environment_key, part, at_us, placed_us, sequence, sender_id, 9223372036854775807
FROM former_lane;
DROP TABLE former_lane;

CREATE INDEX lane_order ON lane
    (organization_id, lane_key, environment_key, part, at_us, placed_us, sequence, sender_id, deployment_id, until_us);

-- What was changed after a moment and may have been known before.
CREATE INDEX entry_of_the_past ON entry (organization_id, recorded_us, deployment_id) WHERE version > 1;
