"""What is derived from entries, and who derives it."""
