"""Rate limits as this API tells them: so many requests in each calendar minute, with headers on every answer."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

PERIOD_SECONDS = 60
SHOWN_WITHOUT_LIMIT = 60_000


class Rate(Struct, frozen=True):
    """What is left of a limit after this request."""

    name: str
    limit: int
    remaining: int
    reset_seconds: int
    is_exceeded: bool = False

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
    """Counts requests of the current minute. A refused request does not count."""

    def __init__(self) -> None:
        self._minute = -1
        self._counts: dict[tuple[str, str], int] = {}

    def count(self, name: str, credential_id: str, limit: int, now: datetime) -> Rate:
        """Count one request. A ``limit`` of 0 is none."""
        minute, seconds = divmod(int(now.timestamp()), PERIOD_SECONDS)
        reset_seconds = PERIOD_SECONDS - seconds
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        shown = limit or SHOWN_WITHOUT_LIMIT
        key = (name, credential_id)
        used = self._counts.get(key, 0)
        if limit and used >= limit:
            return Rate(name=name, limit=shown, remaining=0, reset_seconds=reset_seconds, is_exceeded=True)
        self._counts[key] = used + 1
        return Rate(name=name, limit=shown, remaining=max(shown - used - 1, 0), reset_seconds=reset_seconds)

    def look(self, name: str, limit: int, now: datetime) -> Rate:
        """What somebody who has made no request is told."""
        shown = limit or SHOWN_WITHOUT_LIMIT
        reset_seconds = PERIOD_SECONDS - int(now.timestamp()) % PERIOD_SECONDS
        return Rate(name=name, limit=shown, remaining=shown, reset_seconds=reset_seconds)
