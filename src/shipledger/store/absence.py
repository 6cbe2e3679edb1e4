"""The error for a database in which no ledger is, where none is to be made."""

from __future__ import annotations

from shipledger.errors import NotFound


def no_ledger(place: str) -> NotFound:
    """To be raised. ``place`` is a path, or a host and a database."""
    return NotFound(
        "database", f"There is no ledger at {place}. `shipledger serve` creates one; to use another, pass --database."
    )
