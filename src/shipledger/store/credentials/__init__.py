"""Credentials, access tokens, and apps that sign."""
