"""Shared HTTP code: reading bodies and limiting connections, independent of protocols and pages."""
