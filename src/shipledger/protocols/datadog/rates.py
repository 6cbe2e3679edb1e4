"""Rate limits as this API tells them: so many requests in each calendar minute, with headers on every answer."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

PERIOD_SECONDS = 60
SHOWN_WITHOUT_LIMIT = 60_000
QUEUE_SECONDS = 10.0
"""So long may a write wait for its turn: one command of the vendor takes 429 for success in the end."""


class Rate(Struct, frozen=True):
    """What is left of a limit after this request, which has to wait for ``wait_seconds`` when it is early."""

    name: str
    limit: int
    remaining: int
    reset_seconds: int
    is_exceeded: bool = False
    wait_seconds: float = 0.0

    def to_headers(self) -> dict[str, str]:
        """Clients wait as many seconds as the reset says, so it is never a Unix time and never 0."""
        headers = {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-period": str(PERIOD_SECONDS),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-reset": str(self.reset_seconds),
            "x-ratelimit-name": self.name,
        }
        return {**headers, "Retry-After": str(self.reset_seconds)} if self.is_exceeded else headers


class Rates:
    """Counts requests of the current minute. A refused request does not count.

    What goes beyond the limit and may wait is lent from the next minute, one request after the other as the limit is paced.
    """

    def __init__(self) -> None:
        self._minute = -1
        self._counts: dict[tuple[str, str], int] = {}
        self._lent: dict[tuple[str, str], int] = {}

    def count(self, name: str, credential_id: str, limit: int, now: datetime, *, may_wait: bool = False) -> Rate:
        """Count one request. A ``limit`` of 0 is none."""
        reset_seconds = self._turn_to(now)
        shown = limit or SHOWN_WITHOUT_LIMIT
        key = (name, credential_id)
        used = self._counts.get(key, 0)
        lent = max(used + 1 - limit, 0) if limit else 0
        wait_seconds = lent * PERIOD_SECONDS / limit if lent else 0.0
        if wait_seconds > (QUEUE_SECONDS if may_wait else 0):
            return Rate(name=name, limit=shown, remaining=0, reset_seconds=reset_seconds, is_exceeded=True)
        self._counts[key] = used + 1
        if lent:
            self._lent[key] = lent
        remaining = max(shown - used - 1, 0)
        return Rate(name=name, limit=shown, remaining=remaining, reset_seconds=reset_seconds, wait_seconds=wait_seconds)

    def look(self, name: str, limit: int, now: datetime) -> Rate:
        """What somebody who has made no request is told."""
        shown = limit or SHOWN_WITHOUT_LIMIT
        reset_seconds = PERIOD_SECONDS - int(now.timestamp()) % PERIOD_SECONDS
        return Rate(name=name, limit=shown, remaining=shown, reset_seconds=reset_seconds)

    def _turn_to(self, now: datetime) -> int:
        """Begin a new minute when there is one; how many seconds of it are left."""
        minute, seconds = divmod(int(now.timestamp()), PERIOD_SECONDS)
        if minute != self._minute:
            self._counts = self._lent if minute == self._minute + 1 else {}
            self._minute, self._lent = minute, {}
        return PERIOD_SECONDS - seconds
