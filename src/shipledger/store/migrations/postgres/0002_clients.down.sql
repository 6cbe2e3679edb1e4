DROP TABLE connect_app;
DROP TABLE access_token;
ALTER TABLE credential DROP COLUMN breaks_ties_by_arrival;
