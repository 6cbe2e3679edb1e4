"""What every way in by HTTP shares: how bodies are read, and what a connection may cost. It knows no protocol and no page."""
