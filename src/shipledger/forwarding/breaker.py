"""A circuit breaker: it keeps a target that does not answer from being called by each of its messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shipledger.clock import JUMP
from shipledger.forwarding.pauses import LONGEST_PAUSE, SHORTENED_BY

OPENS_AFTER = 5
"""Failed attempts one after another."""

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=15)
LONGEST_HOLD = max(LONGEST_REST, LONGEST_PAUSE)

_DOUBLINGS = 20


class BreakerState(StrEnum):
    """``closed``: messages are sent. ``open``: none is. ``half_open``: one is, as a probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker(Struct, frozen=True):
    """``failures``: one after another. Nothing is sent before ``held_until``, which a target may have asked for."""

    failures: int = 0
    opened_at: datetime | None = None
    held_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether nothing is sent at ``now``. A much later end was stored while the clock was ahead."""
        return self.held_until is not None and now < self.held_until <= now + LONGEST_HOLD + JUMP

    def state_at(self, now: datetime) -> BreakerState:
        """How it stands."""
        if self.failures < OPENS_AFTER:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.is_held(now) else BreakerState.HALF_OPEN

    def after_answer(self) -> Breaker:
        """The target answered, be it that it refuses."""
        return Breaker()

    def after_failure(self, now: datetime, *, chance: float, asked: timedelta | None = None) -> Breaker:
        """One more attempt failed. ``asked``: how long the target asked to be left alone. ``chance``: see ``pause_after``.

        Attempts that were under way when it opened do not count.
        """
        if self.state_at(now) is BreakerState.OPEN:
            return self
        failures = self.failures + 1
        rest = min(asked or timedelta(), LONGEST_PAUSE)
        if failures >= OPENS_AFTER:
            nominal = min(FIRST_REST * 2 ** min(failures - OPENS_AFTER, _DOUBLINGS), LONGEST_REST)
            rest = max(rest, nominal * (1 - SHORTENED_BY * chance))
        opened_at = (self.opened_at or now) if failures >= OPENS_AFTER else None
        return Breaker(failures, opened_at, now + rest if rest else None)
