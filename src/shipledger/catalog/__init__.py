"""What deployments are of: services, repositories and how they belong together."""
