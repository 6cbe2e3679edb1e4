"""Deployments: look-ups, lists, walks."""
