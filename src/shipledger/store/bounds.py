"""The ends of what a question may ask for."""

from __future__ import annotations

from datetime import datetime

from shipledger.clock import to_microseconds

EARLIEST_US = -(2**63)
LATEST_US = 2**63 - 1
_BEHIND_HYPHEN = "."
"""The character behind the hyphen: between the two are all keys of a project."""


def keys_of_project(project: str) -> tuple[str, str]:
    """The range of the issue keys of a project: from a key to before a key."""
    return f"{project}-", f"{project}{_BEHIND_HYPHEN}"


def from_bound(moment: datetime | None) -> int:
    """Where a range begins, in microseconds."""
    return EARLIEST_US if moment is None else to_microseconds(moment)


def until_bound(moment: datetime | None) -> int:
    """Where a range ends, in microseconds."""
    return LATEST_US if moment is None else to_microseconds(moment)
