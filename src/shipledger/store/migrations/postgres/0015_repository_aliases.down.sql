DROP INDEX service_repository_key;

DROP TABLE repository_alias;
