DROP INDEX deployment_unmapped;
DROP TABLE ignoring_alias;
DROP TABLE ignoring;
DROP TABLE ignoring_entry;
