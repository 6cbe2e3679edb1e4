"""Shipledger's own API, under ``/ledger/v1``."""
