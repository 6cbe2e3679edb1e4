DROP TABLE unknown_sender;
DROP TABLE refused_request;
