"""Rate limits as this API tells them: so many requests in each calendar period, with headers on every answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from shipledger.access.grant import Grant

MINUTE = 60
SHOWN_WITHOUT_LIMIT = 60_000
QUEUE_SECONDS = 10.0
"""So long may a write wait for its turn: one command of the vendor takes 429 for success in the end."""


class Limit(Struct, frozen=True):
    """So many requests in each period. 0 ``requests`` are no limit."""

    requests: int
    period_seconds: int = MINUTE

    @property
    def shown(self) -> int:
        """What clients are told."""
        return self.requests or SHOWN_WITHOUT_LIMIT


class Rate(Struct, frozen=True):
    """What is left of a limit after this request, which has to wait for ``wait_seconds`` when it is early."""

    name: str
    limit: int
    remaining: int
    reset_seconds: int
    period_seconds: int = MINUTE
    is_exceeded: bool = False
    wait_seconds: float = 0.0

    def to_headers(self) -> dict[str, str]:
        """Clients wait as many seconds as the reset says, so it is never a Unix time and never 0."""
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-period": str(self.period_seconds),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset_seconds),
            "x-ratelimit-name": self.name,
        }
        return {**headers, "Retry-After": str(self.reset_seconds)} if self.is_exceeded else headers


class _Use(Struct):
    """How many requests a credential made in a period of a limit, with those that wait for a later one."""

    limit: Limit
    period: int
    requests: int

    def turn_to(self, now: datetime) -> None:
        """Each period that has passed since took as many of the requests as it may hold."""
        period = int(now.timestamp()) // self.limit.period_seconds
        passed = period - self.period
        self.requests = max(0, self.requests - passed * self.limit.shown) if passed > 0 else self.requests
        self.period = max(period, self.period)

    @property
    def wait_seconds(self) -> float:
        """How long one more request has to wait, as the limit is paced."""
        if not self.limit.requests:
            return 0.0
        return max(self.requests + 1 - self.limit.requests, 0) * self.limit.period_seconds / self.limit.requests


class Rates:
    """Counts requests by credential, limit and calendar period. A refused request does not count.

    What goes beyond a limit and may wait is lent from the periods that follow, one request after the other as the limit is paced.
    """

    def __init__(self) -> None:
        self._minute = -1
        self._uses: dict[tuple[str, str, Limit], _Use] = {}

    def count(self, name: str, grant: Grant, default: Limit, now: datetime, *, may_wait: bool = False) -> Rate:
        """Count one request of a credential against its own limits, which hold for all that it calls, or else ``default``."""
        self._forget_old(now)
        own = own_limits(grant)
        shared_name = "" if own else name
        uses = [self._use_of((shared_name, grant.credential_id, limit), now) for limit in own or (default,)]
        slowest = max(uses, key=lambda use: use.wait_seconds)
        wait_seconds = slowest.wait_seconds
        if wait_seconds > (QUEUE_SECONDS if may_wait else 0):
            return _tell(name, slowest, now, is_exceeded=True)
        for use in uses:
            use.requests += 1
        emptiest = min(uses, key=lambda use: (use.limit.shown - use.requests) / use.limit.shown)
        return _tell(name, emptiest, now, wait_seconds=wait_seconds)

    def look(self, name: str, limit: Limit, now: datetime) -> Rate:
        """What somebody who has made no request is told."""
        return _tell(name, _Use(limit, 0, 0), now)

    def _use_of(self, key: tuple[str, str, Limit], now: datetime) -> _Use:
        use = self._uses.get(key)
        if use is None:
            use = self._uses[key] = _Use(key[2], int(now.timestamp()) // key[2].period_seconds, 0)
        use.turn_to(now)
        return use

    def _forget_old(self, now: datetime) -> None:
        """Once a minute, forget who has made no request that still counts."""
        minute = int(now.timestamp()) // MINUTE
        if minute == self._minute:
            return
        self._minute = minute
        for use in self._uses.values():
            use.turn_to(now)
        self._uses = {key: use for key, use in self._uses.items() if use.requests}


def own_limits(grant: Grant) -> Sequence[Limit]:
    """The limits that were set for a credential."""
    both = (Limit(grant.requests_per_minute), Limit(grant.requests_per_second, 1))
    return [limit for limit in both if limit.requests]


def _tell(name: str, use: _Use, now: datetime, *, is_exceeded: bool = False, wait_seconds: float = 0.0) -> Rate:
    limit = use.limit
    return Rate(
        name=name,
        limit=limit.shown,
        remaining=0 if is_exceeded else max(limit.shown - use.requests, 0),
        reset_seconds=limit.period_seconds - int(now.timestamp()) % limit.period_seconds,
        period_seconds=limit.period_seconds,
        is_exceeded=is_exceeded,
        wait_seconds=wait_seconds,
    )
