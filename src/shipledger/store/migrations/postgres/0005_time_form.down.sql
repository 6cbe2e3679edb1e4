ALTER TABLE credential DROP COLUMN time_form;
