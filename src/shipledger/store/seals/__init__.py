"""The seals of entries."""
