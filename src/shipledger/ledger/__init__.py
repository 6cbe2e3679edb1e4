"""The domain: pure rules and frozen data. No input or output, no async, no vendor's word."""
