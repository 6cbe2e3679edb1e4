-- Who a person is at a provider of identities: a subject never changes there, unlike an address.
CREATE TABLE person_identity (
    issuer    TEXT COLLATE "C" NOT NULL,
    subject   TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    added_us  BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE INDEX person_identity_person ON person_identity (person_id);
