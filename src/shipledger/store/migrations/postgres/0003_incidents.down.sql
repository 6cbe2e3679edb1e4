DROP TABLE incident_alias;
DROP TABLE incident;
DROP TABLE incident_entry;
