DROP TABLE issuance_alias;
DROP TABLE issuance;
DROP TABLE issuance_entry;
