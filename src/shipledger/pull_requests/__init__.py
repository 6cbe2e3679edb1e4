"""Pull requests, as an aggregate."""
