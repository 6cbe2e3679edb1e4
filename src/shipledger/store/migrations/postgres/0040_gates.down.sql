DROP TABLE gate_alias;
DROP TABLE gate_entry;

DROP INDEX gate_left;
DROP INDEX gate_id;
ALTER TABLE gate DROP COLUMN entered_status;
ALTER TABLE gate DROP COLUMN document;
ALTER TABLE gate DROP COLUMN version;
ALTER TABLE gate DROP COLUMN gate_id;

DELETE FROM gate AS g
WHERE NOT EXISTS (
    SELECT 1 FROM credential AS c WHERE c.organization_id = g.organization_id AND c.credential_id = g.credential_id
);
ALTER TABLE gate ADD FOREIGN KEY (organization_id, credential_id) REFERENCES credential ON DELETE CASCADE;
CREATE INDEX gate_credential ON gate (organization_id, credential_id);
DELETE FROM gate_delivery AS d
WHERE NOT EXISTS (SELECT 1 FROM gate AS g WHERE g.organization_id = d.organization_id AND g.deployment_id = d.deployment_id);
ALTER TABLE gate_delivery ADD FOREIGN KEY (organization_id, deployment_id) REFERENCES gate ON DELETE CASCADE;
