"""Writes what credentials are used for, off the way of the requests that are counted."""

from __future__ import annotations

import asyncio
import contextlib

import structlog

from shipledger.access.use import UseCounter, UseStore
from shipledger.errors import Unavailable

EVERY_SECONDS = 10.0
PATIENCE_SECONDS = 5.0
"""So long a server that stops waits for what is being written."""

log = structlog.get_logger(__name__)


class UseWriting:
    """Writes every ten seconds, and at once when a credential is used that this process has not seen before.

    A source that was just created is waited for. What was counted in the last seconds before a crash is lost.
    """

    def __init__(self, store: UseStore, counter: UseCounter, *, every_seconds: float = EVERY_SECONDS) -> None:
        self._store = store
        self._counter = counter
        self._every_seconds = every_seconds
        self._is_new = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start writing."""
        self._counter.tell_new = self._is_new.set
        self._task = asyncio.create_task(self._run(), name="use of credentials")

    async def stop(self) -> None:
        """Write what is left, and stop."""
        if self._task is not None:
            with contextlib.suppress(TimeoutError):  # what is being written would be lost with the task
                async with asyncio.timeout(PATIENCE_SECONDS), self._writing:
                    pass
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.write()

    async def write(self) -> None:
        """Write what was counted, after what is being written already. What cannot be written now is written the next time."""
        async with self._writing:
            for organization_id, uses in self._counter.take().items():
                try:
                    await self._store.add_uses(organization_id, uses)
                except Unavailable:
                    for use in uses:
                        self._counter.add(use)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_new.wait(), self._every_seconds)
            self._is_new.clear()
            try:
                await self.write()
            except Exception:
                log.exception("The use of credentials could not be written; their counts of the last seconds are missing.")
