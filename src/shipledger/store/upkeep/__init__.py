"""Rebuild, verification, damage."""
