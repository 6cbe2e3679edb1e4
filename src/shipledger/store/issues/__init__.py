"""Known issues, and where they stand."""
