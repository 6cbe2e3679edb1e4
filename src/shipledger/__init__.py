"""A self-hosted deployment ledger."""

__version__ = "0.1.0"
