"""Calls that the server makes to addresses which somebody gave it: only to where it may, and never without bounds."""
