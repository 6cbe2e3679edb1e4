"""Which ledger a database holds, and what was interrupted on it."""
