"""Seal what was recorded, prove it, and carry it away."""
