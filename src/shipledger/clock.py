"""The only caller of the wall clock, and the two times that it keeps: what time it is, and in which order things came.

The order never goes back, the time may. Nothing compares one with the other.
"""

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

JUMP = timedelta(minutes=1)
"""A clock that is set by more than this has jumped."""

BELIEVED_AFTER = timedelta(minutes=10)
"""The order follows a jump forward once it has lasted so long. A shorter one was a glitch."""

_JUMP_US = JUMP // _MICROSECOND
_BELIEVED_AFTER_NS = BELIEVED_AFTER // _MICROSECOND * 1_000


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, negative before it. ``moment`` must be aware."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC time of ``microseconds`` since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


class Jump(NamedTuple):
    """By how much the clock was set, and what time it was then by the clock that nobody can set."""

    by: timedelta
    at_ns: int


class Clock:
    """What time it is, and an order that never goes back and never repeats within one process.

    ``now`` is the best current time, for what expires, for defaults, and to be shown. It follows the machine's clock
    wherever that is set. ``next_order`` gives ids and ranks: a clock that is set back must not reorder what clients send, and
    one that was ahead for a moment must not make times of years hence of it. So the order goes on by a clock that nobody
    can set. It follows the time at once where that differs by less than JUMP, or at the start, slowly where it is ahead
    of it, and after BELIEVED_AFTER where it is far behind.

    ``not_before`` starts the order behind what the store already holds. ``wall_ns`` is what the machine takes for the time;
    nobody asks it any more once the clock follows another, as that of a database that several nodes share. A clock belongs
    to one thread, that of the event loop: two threads could be given the same order.
    """

    def __init__(self, *, not_before: datetime = EPOCH, wall_ns: Callable[[], int] | None = None) -> None:
        self._last = to_microseconds(not_before)
        self._wall_ns = wall_ns or time.time_ns
        self._leader: _Reading | None = None
        self._seen: _Reading | None = None
        self._paced_ns: int | None = None
        self._doubted_ns: int | None = None
        self.jump: Jump | None = None
        """The last jump that was noticed."""
        self.even_since: datetime | None = None
        """Since when the time of the ledger has gone on without a jump or a gap, as the store remembers it; None: unknown."""

    def now(self) -> datetime:
        """The best current time, aware UTC, with microseconds. It may go back, and repeat."""
        return from_microseconds(self._look(steady_ns()))

    def order_now(self) -> datetime:
        """How far the order is, as a time. For the age of what has a place in the order."""
        return from_microseconds(self._advance())

    def next_order(self) -> datetime:
        """The next place in the order, as a time; later than every one given out before."""
        self._last = max(self._last + 1, self._advance())
        return from_microseconds(self._last)

    def advance_to(self, moment: datetime) -> None:
        """Never again give out a place at or before ``moment``."""
        self._last = max(self._last, to_microseconds(moment))

    def resume(self, moment: datetime, *, in_doubt: bool) -> None:
        """Go on with the order at ``moment``. ``in_doubt``: a time far ahead of it counts as a jump that has just happened."""
        self.advance_to(moment)
        if in_doubt:
            self._paced_ns = self._doubted_ns = steady_ns()

    def follow(self, moment: datetime, *, asked_ns: int) -> None:
        """Tell the time by another clock, which said ``moment`` when it was asked at ``asked_ns``, until it is asked again.

        It was so somewhere between the question and its answer. A slow answer says little, and counts only when there
        was no prompt one lately, or when the other clock must have been set since.
        """
        answered_ns = steady_ns()
        said = _Reading(to_microseconds(moment), (asked_ns + answered_ns) // 2)
        is_prompt = answered_ns - asked_ns <= PROMPT_NS
        if (
            is_prompt
            or self._leader is None
            or answered_ns - self._leader.at_ns > LASTS_NS
            or abs(said.microseconds - self._leader.at(said.at_ns)) * 1_000 > answered_ns - asked_ns + PROMPT_NS
        ):
            self._leader = said

    def _advance(self) -> int:
        """How far the order is."""
        at_ns = steady_ns()
        wall = self._look(at_ns)
        if self._paced_ns is None:
            self._last = max(self._last, wall)
        else:
            elapsed = max(0, at_ns - self._paced_ns) // 1_000
            pace = self._last + elapsed
            if abs(wall - pace) > _JUMP_US and self._is_in_doubt(at_ns):
                self._last = pace
            else:
                self._last = max(wall, self._last + elapsed // 2)
        self._paced_ns = at_ns
        return self._last

    def _is_in_doubt(self, at_ns: int) -> bool:
        return self._doubted_ns is not None and at_ns - self._doubted_ns < _BELIEVED_AFTER_NS

    def _look(self, at_ns: int) -> int:
        """What time it is; whether it has jumped is seen by comparison with the last look."""
        wall = self._read(at_ns)
        if self._seen is not None:
            by = wall - self._seen.at(at_ns)
            if abs(by) > _JUMP_US:
                self.jump = Jump(timedelta(microseconds=by), at_ns)
                self._doubted_ns = at_ns
        self._seen = _Reading(wall, at_ns)
        return wall

    def _read(self, at_ns: int) -> int:
        if self._leader is None:
            return self._wall_ns() // 1_000
        return self._leader.at(at_ns)


class _Reading(NamedTuple):
    """What a clock said, and when."""

    microseconds: int
    at_ns: int

    def at(self, at_ns: int) -> int:
        """What it would say at another moment, if it was not set."""
        return self.microseconds + (at_ns - self.at_ns) // 1_000


def steady_ns() -> int:
    """Nanoseconds since the machine started, those included in which it slept. Nobody can set this clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
