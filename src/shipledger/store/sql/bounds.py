"""The ends of what a question may ask for."""

from __future__ import annotations

from datetime import datetime

from shipledger.clock import to_microseconds

EARLIEST_US = -(2**63)
LATEST_US = 2**63 - 1
AFTER_ALL_IDS = "\U0010ffff"


def from_bound(moment: datetime | None) -> int:
    """Where a range begins, in microseconds."""
    return EARLIEST_US if moment is None else to_microseconds(moment)


def until_bound(moment: datetime | None) -> int:
    """Where a range ends, in microseconds."""
    return LATEST_US if moment is None else to_microseconds(moment)
