"""Rate limits of credentials: token buckets per second and minute."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from shipledger.access.grant import Grant

SECOND = 1
MINUTE = 60
REMEMBERED_CREDENTIALS = 10_000


class Throttle(Struct, frozen=True):
    """Whether a credential exceeded its limit, and by which bucket."""

    is_exceeded: bool
    period_seconds: int
    retry_after_seconds: int = 0


class Bucket:
    """Holds at most ``limit`` tokens, starts full, and refills evenly by ``limit`` per period."""

    def __init__(self, *, limit: int, period_seconds: int, now: float) -> None:
        self.limit = limit
        self.period_seconds = period_seconds
        self._tokens = float(limit)
        self._filled_at = now

    def fill(self, now: float) -> None:
        """Add what has accrued until ``now``."""
        gained = max(0.0, now - self._filled_at) * self.limit / self.period_seconds
        self._tokens = min(float(self.limit), self._tokens + gained)
        self._filled_at = now

    def take(self) -> None:
        """Spend one token; there must be one."""
        self._tokens -= 1.0

    @property
    def share_left(self) -> float:
        """How full it is, 0 to 1."""
        return self._tokens / self.limit

    @property
    def wait_seconds(self) -> float:
        """Seconds until there is a token; 0 if there is one."""
        missing = 1.0 - self._tokens
        return 0.0 if missing <= _ROUNDING else missing * self.period_seconds / self.limit


_ROUNDING = 1e-9
"""Tolerance for floating point: a client that waits exactly as long as told must get a token."""


class Limiter:
    """Counts the requests of each credential against the limits in its grant. Limits of 0 do not count.

    A refused request spends nothing, so a client that keeps trying is served as soon as there is a token. Beyond
    ``remembered_credentials`` the least recently used one is forgotten, and would start with full buckets.
    """

    def __init__(self, monotonic: Callable[[], float], *, remembered_credentials: int = REMEMBERED_CREDENTIALS) -> None:
        self._monotonic = monotonic
        self._remembered_credentials = remembered_credentials
        self._buckets: OrderedDict[tuple[str, int, int], tuple[Bucket, ...]] = OrderedDict()

    def throttle(self, grant: Grant) -> Throttle:
        """Count one request of the credential, unless it exceeds a limit."""
        if not grant.requests_per_second and not grant.requests_per_minute:
            return _NO_LIMIT
        now = self._monotonic()
        buckets = self._buckets_of(grant, now)
        for bucket in buckets:
            bucket.fill(now)
        slowest = max(buckets, key=lambda bucket: bucket.wait_seconds)
        if slowest.wait_seconds > 0:
            return Throttle(
                is_exceeded=True,
                period_seconds=slowest.period_seconds,
                retry_after_seconds=math.ceil(slowest.wait_seconds),
            )
        for bucket in buckets:
            bucket.take()
        emptiest = min(buckets, key=lambda bucket: bucket.share_left)
        return Throttle(is_exceeded=False, period_seconds=emptiest.period_seconds)

    def _buckets_of(self, grant: Grant, now: float) -> tuple[Bucket, ...]:
        """Buckets belong to a credential and its limits: changed limits start with full ones."""
        key = (grant.credential_id, grant.requests_per_second, grant.requests_per_minute)
        buckets = self._buckets.get(key)
        if buckets is None:
            limits = ((grant.requests_per_minute, MINUTE), (grant.requests_per_second, SECOND))
            buckets = tuple(
                Bucket(limit=limit, period_seconds=period_seconds, now=now) for limit, period_seconds in limits if limit
            )
            self._buckets[key] = buckets
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._remembered_credentials:
            self._buckets.popitem(last=False)
        return buckets


_NO_LIMIT = Throttle(is_exceeded=False, period_seconds=MINUTE)
