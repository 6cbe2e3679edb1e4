DROP TABLE service_name;
DROP TABLE issue_site;
DROP TABLE issue;
DROP TABLE association_rules;
