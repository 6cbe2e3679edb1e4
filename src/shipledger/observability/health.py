"""Whether the program lives, and whether it may be sent work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from shipledger.errors import ShipledgerError

PING_SECONDS = 5.0
REMEMBERED_SECONDS = 1.0

Check = Callable[[], str | None]
"""Gives None when all is well, else a sentence that says what is not."""


class Readiness(Struct, frozen=True):
    """``checks`` holds ``ok`` or what is wrong, by part. Of some parts the node can do without."""

    is_ready: bool
    checks: dict[str, str]


class Health:
    """Answers for ``/healthz`` and ``/readyz``.

    ``ping`` must prove that a write could succeed. Because anyone may ask, its answer is remembered for a second and
    asked for by one caller at a time. ``remarks`` are told and make no node unready.
    """

    def __init__(
        self,
        ping: Callable[[], Awaitable[None]],
        parts: Mapping[str, Check],
        monotonic: Callable[[], float],
        *,
        remarks: Mapping[str, Check] | None = None,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self._ping = ping
        self._parts = dict(parts)
        self._monotonic = monotonic
        self._remarks = dict(remarks or {})
        self._ping_seconds = ping_seconds
        self._lock = asyncio.Lock()
        self._store_answer: str | None = None
        self._store_answer_until = float("-inf")

    def is_alive(self) -> bool:
        """Always true: that the event loop could answer is the proof. A database that is away is no reason to restart."""
        return True

    async def check_readiness(self) -> Readiness:
        """Whether writes would be accepted and settled now."""
        answers = {"store": await self._ask_store(), **{name: check() for name, check in self._parts.items()}}
        remarks = {name: check() for name, check in self._remarks.items()}
        return Readiness(
            is_ready=all(answer is None for answer in answers.values()),
            checks={name: answer or "ok" for name, answer in (answers | remarks).items()},
        )

    async def _ask_store(self) -> str | None:
        async with self._lock:
            if self._monotonic() >= self._store_answer_until:
                self._store_answer = await self._ping_store()
                self._store_answer_until = self._monotonic() + REMEMBERED_SECONDS
            return self._store_answer

    async def _ping_store(self) -> str | None:
        try:
            async with asyncio.timeout(self._ping_seconds):
                await self._ping()
        except TimeoutError:
            return f"The store did not answer within {self._ping_seconds:g} seconds."
        except ShipledgerError as error:
            return error.message
        return None
