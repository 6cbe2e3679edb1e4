"""Web pages: one Python file and one template each."""
