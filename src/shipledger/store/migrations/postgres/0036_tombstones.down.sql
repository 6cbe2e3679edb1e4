-- Earlier versions know no other kinds.
DELETE FROM tombstone WHERE kind NOT IN ('deployment_entry', 'incident_entry', 'receipt', 'pack', 'commit', 'credential', 'organization');
ALTER TABLE tombstone ADD CONSTRAINT tombstone_kind_check CHECK (
    kind IN ('deployment_entry', 'incident_entry', 'receipt', 'pack', 'commit', 'credential', 'organization')
);
