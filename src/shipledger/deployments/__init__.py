"""Deployments as an aggregate: how one is found, decided on and kept. Their rules are in ``ledger``."""
