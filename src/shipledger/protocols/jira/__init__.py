"""Jira Software Cloud's Deployments API 0.1, with what its clients need around it: tokens and the cloud id."""
