"""Copy a whole ledger from a SQLite file to a PostgreSQL database, and prove that both are equal."""
