-- name: create_person(person_id, email, email_key, name, created_us, password, changed_us, disabled_us)!
-- Add a person.
INSERT INTO person (person_id, email, email_key, name, created_us, password, changed_us, disabled_us)
VALUES (:person_id, :email, :email_key, :name, :created_us, :password, :changed_us, :disabled_us);

-- name: create_first_person(person_id, email, email_key, name, created_us, password, changed_us)!
-- Add a person, unless there is one.
INSERT INTO person (person_id, email, email_key, name, created_us, password, changed_us, is_first)
SELECT :person_id, :email, :email_key, :name, :created_us, :password, :changed_us, 1
WHERE NOT EXISTS (SELECT 1 FROM person);

-- name: find_first_person()$
-- The id of the first person of all, who came by the first link.
SELECT person_id FROM person WHERE is_first = 1;

-- name: find_person(person_id)^
-- A person by id.
SELECT person_id, email, name, created_us, password, changed_us, disabled_us, seen_us
FROM person
WHERE person_id = :person_id;

-- name: find_person_by_email(email_key)^
-- A person by address.
SELECT person_id, email, name, created_us, password, changed_us, disabled_us, seen_us
FROM person
WHERE email_key = :email_key;

-- name: list_persons()
-- Everybody, by address.
SELECT person_id, email, name, created_us, password, changed_us, disabled_us, seen_us
FROM person
ORDER BY email_key;

-- name: list_called(ids)
-- What some persons are called.
SELECT person_id, email, name FROM person WHERE person_id IN /* texts(:ids) */;

-- name: list_disabled(ids)
-- Those of some persons who cannot sign in.
SELECT person_id
FROM person
WHERE disabled_us IS NOT NULL AND person_id IN /* texts(:ids) */;

-- name: has_persons()$
-- Gives 1 when there is anybody.
SELECT 1 WHERE EXISTS (SELECT 1 FROM person);

-- name: save_password(person_id, password, now_us)!
-- Give a person a password.
UPDATE person SET password = :password, changed_us = :now_us WHERE person_id = :person_id;

-- name: refresh_password(person_id, password)!
-- Keep the same password with another hash.
UPDATE person SET password = :password WHERE person_id = :person_id;

-- name: save_person(person_id, email, email_key, name, disabled_us)!
-- Change what a person is called, and whether they can sign in.
UPDATE person
SET email = :email, email_key = :email_key, name = :name, disabled_us = :disabled_us
WHERE person_id = :person_id;

-- name: create_session(session_hash, person_id, organization_id, created_us, seen_us, address, agent)!
-- Add a session.
INSERT INTO person_session (session_hash, person_id, shows, created_us, seen_us, address, agent)
VALUES (:session_hash, :person_id, :organization_id, :created_us, :seen_us, :address, :agent);

-- name: find_session(session_hash)^
-- A session and its person.
SELECT s.session_hash, s.person_id, s.shows, s.created_us, s.seen_us, s.address, s.agent,
       p.email, p.name, p.created_us, p.password, p.changed_us, p.disabled_us, p.seen_us
FROM person_session AS s
JOIN person AS p ON p.person_id = s.person_id
WHERE s.session_hash = :session_hash;

-- name: list_sessions(person_id)
-- The sessions of a person, the last used first.
SELECT session_hash, person_id, shows, created_us, seen_us, address, agent
FROM person_session
WHERE person_id = :person_id
ORDER BY seen_us DESC, session_hash;

-- name: note_session_seen(session_hash, now_us, address)!
-- A session was used.
UPDATE person_session SET seen_us = :now_us, address = :address WHERE session_hash = :session_hash AND seen_us < :now_us;

-- name: note_person_seen(person_id, now_us)!
-- A session of a person was used.
UPDATE person SET seen_us = :now_us WHERE person_id = :person_id AND (seen_us IS NULL OR seen_us < :now_us);

-- name: note_owner_seen(session_hash, now_us)!
-- The person of a session is seen.
UPDATE person
SET seen_us = :now_us
WHERE person_id = (SELECT s.person_id FROM person_session AS s WHERE s.session_hash = :session_hash)
    AND (seen_us IS NULL OR seen_us < :now_us);

-- name: move_session(session_hash, organization_id)!
-- A session shows another organization.
UPDATE person_session SET shows = :organization_id WHERE session_hash = :session_hash;

-- name: end_session(session_hash)!
-- Forget a session.
DELETE FROM person_session WHERE session_hash = :session_hash;

-- name: end_sessions(person_id, but)!
-- Forget the sessions of a person, but for one.
DELETE FROM person_session WHERE person_id = :person_id AND session_hash <> :but;

-- name: count_sessions(seen_us, created_us)$
-- The number of sessions that are not over.
SELECT COUNT(*) FROM person_session WHERE seen_us >= :seen_us AND created_us >= :created_us;

-- name: forget_old_sessions(seen_us, created_us)!
-- Forget sessions that are over.
DELETE FROM person_session WHERE seen_us < :seen_us OR created_us < :created_us;

-- name: forget_old_links(made_us)!
-- Forget links that no longer open.
DELETE FROM person_link WHERE made_us < :made_us;

-- name: create_link(link_hash, organization_id, person_id, made_us)!
-- Add a link.
INSERT INTO person_link (link_hash, leads_to, person_id, made_us, used_us)
VALUES (:link_hash, :organization_id, :person_id, :made_us, NULL);

-- name: replace_links(person_id)!
-- Forget the links of a person that were not used.
DELETE FROM person_link WHERE person_id = :person_id AND used_us IS NULL;

-- name: find_link(link_hash)^
-- A link by its hash.
SELECT link_hash, leads_to, person_id, made_us, used_us
FROM person_link
WHERE link_hash = :link_hash;

-- name: use_link(link_hash, now_us)!
-- Use a link up.
UPDATE person_link SET used_us = :now_us WHERE link_hash = :link_hash AND used_us IS NULL;

-- name: find_person_by_identity(issuer, subject)^
-- The person who is somebody at a provider of identities.
SELECT p.person_id, p.email, p.name, p.created_us, p.password, p.changed_us, p.disabled_us, p.seen_us
FROM person_identity AS i
JOIN person AS p ON p.person_id = i.person_id
WHERE i.issuer = :issuer AND i.subject = :subject;

-- name: add_identity(issuer, subject, person_id, now_us)!
-- Note who a person is at a provider, unless somebody else is that already.
INSERT INTO person_identity (issuer, subject, person_id, added_us)
VALUES (:issuer, :subject, :person_id, :now_us)
ON CONFLICT (issuer, subject) DO NOTHING;
