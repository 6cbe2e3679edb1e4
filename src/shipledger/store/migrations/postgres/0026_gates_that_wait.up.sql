-- Gates that nobody decides run out of time.
CREATE INDEX gate_awaiting ON gate (organization_id, asked_us) WHERE status = 'awaiting';
