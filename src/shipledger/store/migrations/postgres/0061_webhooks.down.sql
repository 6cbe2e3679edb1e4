DROP TABLE webhook_alias;
DROP TABLE webhook;
DROP TABLE webhook_entry;
