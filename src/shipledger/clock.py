"""The only caller of the wall clock. It keeps two clocks: the current time, and the order of events.

The order never goes back, the time may. Never compare one with the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""All times that there are."""

PROMPT_NS = 20_000_000
LASTS_NS = 60_000_000_000
"""A minute: within it, two machines' clocks drift less than the uncertainty of a slow answer."""

JUMP = timedelta(minutes=1)
"""A larger change of the clock counts as a jump."""

BELIEVED_AFTER = timedelta(minutes=10)
"""The order follows a jump forward after this time. A shorter one was a glitch."""

_JUMP_IS_SHARED_NS = 60 * 10**9
"""After a jump, the next heartbeat tells since when the clock runs steadily; until then the length of a wait is unknown."""

_JUMP_US = JUMP // MICROSECOND
_BELIEVED_AFTER_NS = BELIEVED_AFTER // MICROSECOND * 1_000


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC, negative before it. ``moment`` must be aware."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> datetime:
    """The aware UTC time of ``microseconds`` since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def moved(moment: datetime, by: timedelta) -> datetime:
    """``moment`` moved by ``by``, as far as there are times: senders tell of the years 1 and 9999."""
    try:
        return moment + by
    except OverflowError:
        return FIRST if by < timedelta(0) else LAST


class Jump(NamedTuple):
    """By how much the clock was changed, and when, by the monotonic clock."""

    by: timedelta
    at_ns: int


class Clock:
    """The current time, and an order that never goes back or repeats within a process.

    ``now`` is the current time, for expiry, defaults and display. It follows the machine's clock
    even if that is changed. ``next_order`` is for ids and ranks: setting the clock back must not reorder requests, and a
    clock that was ahead for a moment must not push the order years ahead. So the order advances by the monotonic clock.
    It follows the time at once if the difference is less than JUMP, or at the start; slowly if it is ahead
    of the time; and after BELIEVED_AFTER if it is far behind.

    ``not_before`` starts the order after what the store already holds. ``wall_ns`` reads the machine's clock;
    it is no longer used once the clock follows another one, such as that of a shared database. A clock belongs
    to the event loop's thread: two threads could get the same order.
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
        """Since when the ledger's time has run without a jump or gap, according to the store; None if unknown."""

    def now(self) -> datetime:
        """The best current time, aware UTC, with microseconds. It may go back, and repeat."""
        return from_microseconds(self._look(steady_ns()))

    def has_run_evenly(self, span: timedelta) -> bool:
        """Whether the time is known to have run without a jump or gap for ``span``, so that a wait of that length is real."""
        now = self.now()
        has_just_jumped = self.jump is not None and steady_ns() - self.jump.at_ns < _JUMP_IS_SHARED_NS
        return not has_just_jumped and self.even_since is not None and now - self.even_since >= span

    def order_now(self) -> datetime:
        """The current order, as a time. For the age of anything with a place in the order."""
        return from_microseconds(self._advance())

    def next_order(self) -> datetime:
        """The next place in the order, as a time; later than all previous ones."""
        self._last = max(self._last + 1, self._advance())
        return from_microseconds(self._last)

    def advance_to(self, moment: datetime) -> None:
        """Only give out places after ``moment`` from now on."""
        self._last = max(self._last, to_microseconds(moment))

    def resume(self, moment: datetime, *, in_doubt: bool) -> None:
        """Continue the order at ``moment``. ``in_doubt``: a time far ahead of it counts as a jump that just happened."""
        self.advance_to(moment)
        if in_doubt:
            self._paced_ns = self._doubted_ns = steady_ns()

    def follow(self, moment: datetime, *, asked_ns: int) -> None:
        """Follow another clock, which answered ``moment`` when asked at ``asked_ns``, until the next answer.

        ``moment`` was somewhere between question and answer. A slow answer is imprecise, and counts only if there
        was no recent fast one, or if the other clock must have been changed since.
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
        """The current time. Jumps are detected by comparison with the previous reading."""
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
    """A reading of a clock, and when it was taken."""

    microseconds: int
    at_ns: int

    def at(self, at_ns: int) -> int:
        """What it would read at another moment, if it was not changed."""
        return self.microseconds + (at_ns - self.at_ns) // 1_000


def steady_ns() -> int:
    """Nanoseconds since the machine started, including sleep. This clock cannot be set."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
