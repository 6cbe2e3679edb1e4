"""The policies by which environments have their tiers and their names."""
