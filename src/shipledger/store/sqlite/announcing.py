"""A SQLite file serves one node, which needs nobody to tell it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from shipledger.store.nodes.announcement import Announcement


class SqliteAnnouncing:
    """No announcements."""

    async def announce(self, announcement: Announcement) -> None:
        """See AnnouncementStore."""

    async def listen(self) -> AsyncIterator[Announcement]:
        await asyncio.Event().wait()
        yield Announcement()  # never reached; it makes this a generator
