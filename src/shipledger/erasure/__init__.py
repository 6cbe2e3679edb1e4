"""Erase what was sent, and keep the ledger provable."""
