"""Receive announcements of other nodes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from shipledger.errors import Unavailable
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.settlements import Settlements
from shipledger.store.nodes.announcement import AnnouncementStore

log = structlog.get_logger(__name__)


class Listener:
    """Wakes callers whose receipts another node settled, and drops cached credentials when they change."""

    def __init__(self, *, store: AnnouncementStore, settlements: Settlements, forget_credentials: Callable[[], None]) -> None:
        self._store = store
        self._settlements = settlements
        self._forget_credentials = forget_credentials
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start listening."""
        self._task = asyncio.create_task(self._listen(), name="listener")

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with contextlib.aclosing(self._store.listen()) as announcements:  # type: ignore[type-var]
                    async for announcement in announcements:
                        backoff.reset()
                        self._settlements.announce(announcement.settled)
                        if announcement.are_credentials_changed:
                            self._forget_credentials()
            except Unavailable as error:
                log.info("Announcements from other nodes are not received; polling the store instead.", reason=error.message)
            except Exception:
                log.exception("Listening failed with an internal error and will be retried.")
            await asyncio.sleep(backoff.next_seconds())
