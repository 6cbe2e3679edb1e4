"""Jira as a tracker: its sites, which issues are read from."""
