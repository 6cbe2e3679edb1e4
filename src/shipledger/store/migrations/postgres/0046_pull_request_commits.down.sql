DROP TABLE pull_request_commit;
