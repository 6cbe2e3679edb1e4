"""Computations that would keep the event loop from everybody else are done beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from shipledger.errors import Unavailable

T = TypeVar("T")

SHORT_SIZE = 32 * 1024
"""Up to so many characters, or steps as long as it takes to look at one, a computation is over in a few milliseconds."""

THREADS = 2
"""Python runs one of them at a time, but compression and digests run beside it."""

WAITING_LIMIT = 256
"""So many computations of one organization may wait for their turn."""


async def run_beside(task: Callable[[], T], *, size: int) -> T:
    """What ``task`` gives, for work of the program's own: done at once when its ``size`` is small, else in another thread."""
    return task() if size <= SHORT_SIZE else await asyncio.to_thread(task)


class _Turn:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.count = 0


class LongWork:
    """Runs long computations in threads of its own, one of an organization at a time, so that no organization waits for another.

    Python changes from one thread to another every few milliseconds, so the loop goes on meanwhile. It does not change within one
    call of a function that is not written in Python: the input of those must be bounded.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="long-work")
        self._turns: dict[str, _Turn] = {}

    async def run(self, organization_id: str, task: Callable[[], T], *, size: int) -> T:
        """What ``task`` gives; it is done at once when its ``size`` is small.

        Raises what it raises, and Unavailable when too much of the organization waits. A task must be pure.
        """
        if size <= SHORT_SIZE:
            return task()
        async with self._turn_of(organization_id):
            return await asyncio.get_running_loop().run_in_executor(self._threads, task)

    def close(self) -> None:
        """Take no more work, and let what is under way go on."""
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
