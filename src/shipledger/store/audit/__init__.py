"""Who did what, from the entries of every aggregate."""
