DROP TABLE tier_policy_alias;
DROP INDEX tier_policy_tiering;
ALTER TABLE tier_policy DROP COLUMN tiering_id;
ALTER TABLE tier_policy DROP COLUMN version;
DROP TABLE tiering_entry;

-- The version before writes these without entries: the next upgrade must look for them.
UPDATE projection_rules SET revision = 1;
