DROP TABLE gate_delivery;
DROP TABLE gate;
ALTER TABLE organization DROP COLUMN gate_count;
