"""Requests that were refused, and who is unknown."""
