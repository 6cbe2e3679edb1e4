"""An organization's rules for tiers, tiers set by hand, and other names of environments, as an aggregate. Pure."""
