DROP TABLE pull_request_alias;
DROP TABLE pull_request;
DROP TABLE pull_request_entry;
