-- Sessions are forgotten when they are over; when their person was last seen is not.
ALTER TABLE person ADD COLUMN seen_us INTEGER;
UPDATE person SET seen_us = (SELECT max(s.seen_us) FROM person_session AS s WHERE s.person_id = person.person_id);
