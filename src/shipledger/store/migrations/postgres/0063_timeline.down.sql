DROP INDEX incident_ended;
DROP INDEX deployment_long;
