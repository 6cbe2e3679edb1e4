"""The verbs of a store over named SQL statements, whatever runs them."""
