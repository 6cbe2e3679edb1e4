"""The edges: one package per vendor, unknown to all other parts."""
