"""Settings that belong to an organization, inherited by its teams, services and pipelines, as an aggregate. Pure."""
