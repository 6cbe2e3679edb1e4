"""The only caller of the wall clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

PROMPT_NS = 20_000_000
LASTS_NS = 60_000_000_000
"""A minute: the clocks of two machines drift apart by less in that time than a slow answer is in doubt."""


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, negative before it. ``moment`` must be aware."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC time of ``microseconds`` since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class Clock:
    """Wall time that never goes back and never repeats within one process.

    Acceptance order is told by these times, so a clock stepped back by NTP or by hand must not reorder what clients
    send. ``not_before`` starts the clock behind the newest time that the store already holds. ``wall_ns`` is what the
    machine takes for the time; nobody asks it any more once the clock follows another, as that of a database that several
    nodes share. A clock belongs to one thread, that of the event loop: two threads could be given the same time.
    """

    def __init__(self, *, not_before: datetime = EPOCH, wall_ns: Callable[[], int] | None = None) -> None:
        self._last = to_microseconds(not_before)
        self._wall_ns = wall_ns or time.time_ns
        self._leader: _Reading | None = None

    def now(self) -> datetime:
        """The current time, aware UTC, with microseconds; later than every time given out before."""
        self._last = max(self._last + 1, self._read())
        return from_microseconds(self._last)

    def advance_to(self, moment: datetime) -> None:
        """Never again give out a time at or before ``moment``."""
        self._last = max(self._last, to_microseconds(moment))

    def follow(self, moment: datetime, *, asked_ns: int) -> None:
        """Tell the time by another clock, which said ``moment`` when it was asked at ``asked_ns``, until it is asked again.

        It was so somewhere between the question and its answer. A slow answer says little, and counts only when there
        was no prompt one lately.
        """
        answered_ns = steady_ns()
        is_prompt = answered_ns - asked_ns <= PROMPT_NS
        if is_prompt or self._leader is None or answered_ns - self._leader.at_ns > LASTS_NS:
            self._leader = _Reading(to_microseconds(moment), (asked_ns + answered_ns) // 2)

    def _read(self) -> int:
        if self._leader is None:
            return self._wall_ns() // 1_000
        return self._leader.microseconds + (steady_ns() - self._leader.at_ns) // 1_000


class _Reading(NamedTuple):
    """What the clock that is followed said, and when."""

    microseconds: int
    at_ns: int


def steady_ns() -> int:
    """Nanoseconds since the machine started, those included in which it slept. Nobody can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
