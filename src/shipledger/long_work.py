"""Run computations that would block the event loop in other threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from shipledger.errors import Unavailable

T = TypeVar("T")

SHORT_SIZE = 32 * 1024
"""Up to this many characters, or steps of similar cost, a computation takes a few milliseconds."""

THREADS = 2
"""Python runs one of them at a time, but compression and digests run in parallel."""

WAITING_LIMIT = 256
"""Maximum number of waiting computations per organization."""


async def run_beside(task: Callable[[], T], *, size: int) -> T:
    """The result of ``task``, for the program's own work: run at once if ``size`` is small, else in another thread."""
    return task() if size <= SHORT_SIZE else await asyncio.to_thread(task)


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.count = 0


class LongWork:
    """Runs long computations in threads, one at a time per organization, so that no organization waits for another.

    Python switches threads every few milliseconds, so the loop keeps running. It does not switch within a
    call of a C function: the input of those must be limited.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="long-work")
        self._turns: dict[str, _Turn] = {}

    async def run(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """The result of ``task``, which runs at once if ``size`` is small.

        Raises what it raises, and Unavailable if too many tasks of the organization are waiting. A task must be pure.
        """
        if size <= SHORT_SIZE:
            return task()
        async with self._turn_of(organization_id):
            return await asyncio.get_running_loop().run_in_executor(self._threads, task)

    def close(self) -> None:
        """Accept no more work, and let running work continue."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def _turn_of(self, organization_id: str) -> AsyncIterator[None]:
        turn = self._turns.setdefault(organization_id, _Turn())
        if turn.count > WAITING_LIMIT:
            raise Unavailable("long_work", "Too many large requests of this organization are waiting; retry later.")
        turn.count += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.count -= 1
            if not turn.count:
                del self._turns[organization_id]
