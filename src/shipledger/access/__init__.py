"""Who may do what: credentials, grants and limits."""
