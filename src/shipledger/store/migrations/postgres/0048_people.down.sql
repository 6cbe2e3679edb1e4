DROP TABLE member_alias;
DROP TABLE member;
DROP TABLE member_entry;
DROP TABLE person_link;
DROP TABLE person_session;
DROP TABLE person;
