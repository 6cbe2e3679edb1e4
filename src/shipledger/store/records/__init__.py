"""Records of any aggregate and their entries, by templates of statements."""
