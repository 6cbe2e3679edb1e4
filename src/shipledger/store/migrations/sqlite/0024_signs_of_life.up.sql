-- When a client of this credential last said that it is there, without reporting anything; none: it never did.
ALTER TABLE credential ADD COLUMN seen_us INTEGER;
