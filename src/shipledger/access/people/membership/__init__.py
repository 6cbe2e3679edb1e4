"""Memberships as an aggregate: what somebody is in an organization and its teams. Pure."""
