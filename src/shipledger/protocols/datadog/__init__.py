"""Datadog's DORA Metrics API v2."""
