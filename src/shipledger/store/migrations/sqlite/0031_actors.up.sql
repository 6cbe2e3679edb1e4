-- Who caused an entry, as its kind and its id; '' in entries of versions that did not keep it.
ALTER TABLE entry ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE incident_entry ADD COLUMN actor TEXT NOT NULL DEFAULT '';
