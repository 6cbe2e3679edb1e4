-- Who a person is at a provider of identities: a subject never changes there, unlike an address.
CREATE TABLE person_identity (
    issuer    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id TEXT NOT NULL,
    added_us  INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX person_identity_person ON person_identity (person_id);
