"""The tiers of environments."""
