-- Who did what, newest first: an index for what an audit tells, and one for the rest.
CREATE INDEX entry_acts ON entry (organization_id, recorded_us, deployment_id, version)
WHERE substr(submission, 1, 14) = '{"type":"mark"' OR substr(submission, 1, 16) = '{"type":"remove"' OR substr(submission, 1, 18) = '{"type":"separate"' OR substr(submission, 1, 15) = '{"type":"erase"';
CREATE INDEX incident_entry_acts ON incident_entry (organization_id, recorded_us, incident_id, version)
WHERE substr(submission, 1, 23) = '{"type":"mark-incident"' OR substr(submission, 1, 25) = '{"type":"remove-incident"' OR substr(submission, 1, 15) = '{"type":"erase"';
CREATE INDEX gate_entry_acts ON gate_entry (organization_id, recorded_us, gate_id, version)
WHERE substr(submission, 1, 21) = '{"type":"decide-gate"' OR substr(submission, 1, 15) = '{"type":"erase"';
CREATE INDEX pull_request_entry_acts ON pull_request_entry (organization_id, recorded_us, pull_request_id, version)
WHERE substr(submission, 1, 15) = '{"type":"erase"';

-- Of deployments, entry_of_the_past has the others.
CREATE INDEX entry_first ON entry (organization_id, recorded_us, deployment_id) WHERE version = 1;
CREATE INDEX incident_entry_first ON incident_entry (organization_id, recorded_us, incident_id) WHERE version = 1;
CREATE INDEX incident_entry_later ON incident_entry (organization_id, recorded_us, incident_id) WHERE version > 1;
CREATE INDEX gate_entry_first ON gate_entry (organization_id, recorded_us, gate_id) WHERE version = 1;
CREATE INDEX gate_entry_later ON gate_entry (organization_id, recorded_us, gate_id) WHERE version > 1;
CREATE INDEX pull_request_entry_first ON pull_request_entry (organization_id, recorded_us, pull_request_id) WHERE version = 1;
CREATE INDEX pull_request_entry_later ON pull_request_entry (organization_id, recorded_us, pull_request_id) WHERE version > 1;
CREATE INDEX service_entry_recorded ON service_entry (organization_id, recorded_us, service_id, version);
CREATE INDEX repository_entry_recorded ON repository_entry (organization_id, recorded_us, repository_id, version);
CREATE INDEX tiering_entry_recorded ON tiering_entry (organization_id, recorded_us, tiering_id, version);
CREATE INDEX setting_entry_recorded ON setting_entry (organization_id, recorded_us, setting_id, version);
CREATE INDEX member_entry_recorded ON member_entry (organization_id, recorded_us, member_id, version);
CREATE INDEX ignoring_entry_recorded ON ignoring_entry (organization_id, recorded_us, ignoring_id, version);
CREATE INDEX issuance_entry_recorded ON issuance_entry (organization_id, recorded_us, issuance_id, version);
