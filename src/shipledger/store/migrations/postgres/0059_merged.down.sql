DROP INDEX entry_acts;
CREATE INDEX entry_acts ON entry (organization_id, recorded_us, deployment_id, version)
WHERE substr(submission, 1, 14) = '{"type":"mark"' OR substr(submission, 1, 17) = '{"type":"correct"' OR substr(submission, 1, 25) = '{"type":"undo-correction"' OR substr(submission, 1, 16) = '{"type":"remove"' OR substr(submission, 1, 18) = '{"type":"separate"' OR substr(submission, 1, 15) = '{"type":"erase"';
ALTER TABLE deployment DROP COLUMN merged_into;
