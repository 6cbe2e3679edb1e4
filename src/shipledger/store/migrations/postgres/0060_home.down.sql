DROP INDEX incident_open;
DROP TABLE person_look;
