"""A self-hosted deployment ledger."""
