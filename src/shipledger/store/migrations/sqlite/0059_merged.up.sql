-- Into which record a deployment is merged; those are in no list.
ALTER TABLE deployment ADD COLUMN merged_into TEXT;

-- Merges and splits are acts, of which an audit tells.
DROP INDEX entry_acts;
CREATE INDEX entry_acts ON entry (organization_id, recorded_us, deployment_id, version)
WHERE substr(submission, 1, 14) = '{"type":"mark"' OR substr(submission, 1, 17) = '{"type":"correct"' OR substr(submission, 1, 25) = '{"type":"undo-correction"' OR substr(submission, 1, 16) = '{"type":"remove"' OR substr(submission, 1, 18) = '{"type":"separate"' OR substr(submission, 1, 15) = '{"type":"merge"' OR substr(submission, 1, 15) = '{"type":"split"' OR substr(submission, 1, 15) = '{"type":"erase"';
