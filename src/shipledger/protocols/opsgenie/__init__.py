"""The Opsgenie Deployment API, with the services that its search needs."""
