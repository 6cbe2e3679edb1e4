-- When a deployment first succeeded, whatever became of it later; none: it never did. What is known of those that are here is the
-- end of those that stand as successful, until their entries are folded by the rules of this version.
ALTER TABLE deployment ADD COLUMN succeeded_us INTEGER;
UPDATE deployment
SET succeeded_us = coalesce(ended_us, started_us)
WHERE state = 'successful' AND coalesce(ended_us, started_us) > -4611686018427387904;
