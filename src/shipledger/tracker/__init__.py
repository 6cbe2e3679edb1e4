"""Issues, as the tools that keep them tell: over their API, or in a file."""
