"""Repositories as an aggregate: their present and former names, and the services that follow from these. Pure."""
