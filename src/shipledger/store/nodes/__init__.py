"""Nodes on one database, and their duties."""
