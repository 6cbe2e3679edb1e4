"""Filters that people keep."""
