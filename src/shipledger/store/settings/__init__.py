"""Settings of organizations."""
