"""Receipts: on their way in, pending, settled, shown."""
