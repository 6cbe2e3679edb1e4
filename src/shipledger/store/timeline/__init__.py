"""Deployments and incidents as stretches of time."""
