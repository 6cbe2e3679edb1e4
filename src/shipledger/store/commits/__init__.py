"""Commits and the packs that bring them."""
