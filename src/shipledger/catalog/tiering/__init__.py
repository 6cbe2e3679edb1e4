"""An organization's rules for tiers, and tiers set by hand, as an aggregate. Pure."""
