"""What the ledger knew at a moment: the entries that it had recorded by then. Pure.

An entry is known from when it was recorded, which is when its receipt was settled; see ADR 0032.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

FINAL_AFTER = timedelta(minutes=1)
"""By then no transaction is under way any more that was decided before."""


def known_by(entries: Sequence[Any], as_of: datetime) -> list[Any]:
    """The entries of one record that were known at a moment: those before the first one that was recorded later.

    They stand in order, so that a clock that went back never makes one known before those that it follows.
    """
    known = []
    for entry in entries:
        if entry.recorded_at > as_of:
            break
        known.append(entry)
    return known


def fold_as_of(entries: Sequence[Any], as_of: datetime, fold_history: Callable[[Sequence[Any]], T | None]) -> T | None:
    """The record that all its ``entries`` made at a moment; None where it was not known yet, or was removed by then.

    Raises Damaged and ValueError as ``fold_history`` does.
    """
    known = known_by(entries, as_of)
    record: Any = fold_history(known) if known else None
    return None if record is None or record.is_removed else record


def is_final(as_of: datetime, now: datetime) -> bool:
    """Whether what was known at a moment stays the same whenever it is asked for, but for what is erased."""
    return as_of <= now - FINAL_AFTER
