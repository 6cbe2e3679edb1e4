-- Every kind of record may lose entries: their kind is no longer one of a list.
ALTER TABLE tombstone DROP CONSTRAINT tombstone_kind_check;
