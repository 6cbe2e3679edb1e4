"""Streams of arriving receipts, committed batch by batch: one per organization, or one for all."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from shipledger.ingestion.acceptance import Arrival

MAX_BATCH = 512
LATE_SECONDS = 1.0
"""An organization whose commit takes longer counts as out of reach."""

Commit = Callable[[str, Sequence[Arrival]], Awaitable[None]]


class _Stream:
    """Waiting arrivals, and since when the previous commit has been running."""

    def __init__(self) -> None:
        self.waiting: deque[Arrival] = deque()
        self.committing_since: float | None = None

    @property
    def is_late(self) -> bool:
        return self.committing_since is not None and time.monotonic() - self.committing_since > LATE_SECONDS


class Streams:
    """One stream per organization if ``is_parted``, else one for all; each exists while it has arrivals.

    While one batch is committed, the next one of its stream gathers. ``commit`` gets the stream's key, "" for all.
    """

    def __init__(self, *, is_parted: bool, commit: Commit) -> None:
        self._is_parted = is_parted
        self._commit = commit
        self._streams: dict[str, _Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_running = False
        self._has_failed = False

    @property
    def is_alive(self) -> bool:
        """Whether arrivals are being committed."""
        return self._is_running and not self._has_failed

    def start(self) -> None:
        """Start committing."""
        self._is_running = True
        for key, stream in self._streams.items():
            self._drive(key, stream)

    async def finish(self) -> None:
        """Commit waiting arrivals."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def put(self, arrival: Arrival) -> None:
        """Add an arrival to the next batch."""
        key = self._key_of(arrival.receipt.organization_id)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = _Stream()
            if self._is_running:
                self._drive(key, stream)
        stream.waiting.append(arrival)

    def is_late(self, organization_id: str) -> bool:
        """Whether an organization has been waiting long for its commit."""
        stream = self._streams.get(organization_id)
        return stream is not None and stream.is_late

    def count_late(self) -> int:
        """How many arrivals belong to such organizations."""
        return sum(len(stream.waiting) for key, stream in self._streams.items() if key and stream.is_late)

    def _key_of(self, organization_id: str) -> str:
        return organization_id if self._is_parted else ""

    def _drive(self, key: str, stream: _Stream) -> None:
        task = asyncio.create_task(self._empty(key, stream), name=f"intake {key}")
        self._tasks.add(task)
        task.add_done_callback(self._note_end)

    async def _empty(self, key: str, stream: _Stream) -> None:
        try:
            while stream.waiting:
                batch = [stream.waiting.popleft() for _ in range(min(MAX_BATCH, len(stream.waiting)))]
                stream.committing_since = time.monotonic()
                await self._commit(key, batch)
                stream.committing_since = None
        finally:
            del self._streams[key]

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._has_failed |= task.cancelled() or task.exception() is not None
