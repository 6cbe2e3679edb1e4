DROP TABLE service_relation;
