"""Receive announcements of other nodes, and tell them what changed here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from shipledger.errors import Unavailable
from shipledger.ingestion.retry import Backoff
from shipledger.ingestion.settlements import Settlements
from shipledger.store.nodes.announcement import Announcement, AnnouncementStore

TELLING_SECONDS = 0.5
"""How long changes are gathered before other nodes hear of them."""
CHANGES_AT_ONCE = 8
"""Organizations in one announcement, which has room for 8,000 bytes."""

log = structlog.get_logger(__name__)


class Listener:
    """Wakes callers whose receipts another node settled, and those who watch what it changed; drops cached credentials."""

    def __init__(
        self, *, store: AnnouncementStore, settlements: Settlements, forget_credentials: Callable[[], None], node_id: str
    ) -> None:
        self._store = store
        self._settlements = settlements
        self._forget_credentials = forget_credentials
        self._node_id = node_id
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start listening, and telling."""
        self._tasks = [
            asyncio.create_task(self._listen(), name="listener"),
            asyncio.create_task(self._tell(), name="announcer"),
        ]

    async def stop(self) -> None:
        """Stop both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELLING_SECONDS)
            changes = self._settlements.news.take_untold()
            for first in range(0, len(changes), CHANGES_AT_ONCE):
                piece = changes[first : first + CHANGES_AT_ONCE]
                await self._store.announce(Announcement(changes=piece, node_id=self._node_id))

    async def _listen(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with contextlib.aclosing(self._store.listen()) as announcements:  # type: ignore[type-var]
                    async for announcement in announcements:
                        backoff.reset()
                        self._settlements.announce(announcement.settled)
                        if announcement.node_id != self._node_id:
                            for change in announcement.changes:
                                self._settlements.news.hear(change)
                        if announcement.are_credentials_changed:
                            self._forget_credentials()
            except Unavailable as error:
                log.info("Announcements from other nodes are not received; polling the store instead.", reason=error.message)
            except Exception:
                log.exception("Listening failed with an internal error and will be retried.")
            await asyncio.sleep(backoff.next_seconds())
