"""Persons, their sessions and the links that were made for them."""
