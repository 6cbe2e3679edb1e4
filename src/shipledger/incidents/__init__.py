"""Incidents: failures that people or monitors report. Pure, as the ledger is."""
