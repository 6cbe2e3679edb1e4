"""iftrue's deployment tracking: one operation."""
