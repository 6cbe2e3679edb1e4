"""The only caller of the wall clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, negative before it. ``moment`` must be aware."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC time of ``microseconds`` since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class Clock:
    """Wall time that never goes back and never repeats within one process.

    Acceptance order is told by these times, so a clock stepped back by NTP or by hand must not reorder what clients
    send. ``not_before`` starts the clock behind the newest time that the store already holds. A clock belongs to one
    thread, that of the event loop: two threads could be given the same time.
    """

    def __init__(self, *, not_before: datetime = EPOCH) -> None:
        self._last = to_microseconds(not_before)

    def now(self) -> datetime:
        """The current time, aware UTC, with microseconds; later than every time given out before."""
        self._last = max(self._last + 1, time.time_ns() // 1_000)
        return from_microseconds(self._last)

    def advance_to(self, moment: datetime) -> None:
        """Never again give out a time at or before ``moment``."""
        self._last = max(self._last, to_microseconds(moment))
