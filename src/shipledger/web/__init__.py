"""What HTTP has in common for every protocol and page."""
