DROP TABLE pull_request_token;
DROP TABLE incident_token;
DROP TABLE deployment_token;
