"""From the threads that work on a SQLite file back to the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple

from shipledger.errors import Unavailable
from shipledger.store.sqlite.connection import Operation


class Job(NamedTuple):
    """An operation, and the future that waits for it."""

    operation: Operation[Any]
    future: asyncio.Future[Any]


class Outcome(NamedTuple):
    """What became of a job: ``error``, or ``result`` when that is None."""

    future: asyncio.Future[Any]
    result: Any
    error: Exception | None


class Delivery:
    """Hands outcomes to those who wait. What is ready before the event loop wakes up is handed over together."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock = Lock()
        self._ready: list[Outcome] = []

    def new_job(self, operation: Operation[Any]) -> Job:
        """A job whose future belongs to the event loop."""
        return Job(operation, self._loop.create_future())

    def hand_over(self, outcomes: Sequence[Outcome]) -> None:
        """Called by the threads. A loop that is closed has nobody who waits."""
        with self._lock:
            is_waking = bool(self._ready)
            self._ready.extend(outcomes)
        if not is_waking:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._resolve)

    def _resolve(self) -> None:
        with self._lock:
            ready, self._ready = self._ready, []
        for future, result, error in ready:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def closed() -> Unavailable:
    """What is said to calls that come too late."""
    return Unavailable("store_closed", "The store is closed.")
