"""The lives of targets as an aggregate: who added which, replaced its secret, removed it, sent messages again. Pure."""
