"""The domain: pure rules and frozen data. No I/O, no async, no vendor terms."""
