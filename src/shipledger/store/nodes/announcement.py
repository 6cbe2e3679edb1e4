"""What the nodes on one database tell each other; part of ``store.contract.Store``.

Announcements only save waiting. One may be lost, and a store that serves one node has none: whoever needs to know looks
into the store now and then as well.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct


class Change(Struct, frozen=True, omit_defaults=True):
    """Records of an organization that changed; none: any of it may have."""

    organization_id: str
    records: tuple[str, ...] = ()


class Announcement(Struct, frozen=True, omit_defaults=True):
    """``settled``: receipts that were settled by another node than the one that took them in, perhaps.

    ``changes``: what changed on the node ``node_id``.
    """

    settled: tuple[str, ...] = ()
    are_credentials_changed: bool = False
    changes: tuple[Change, ...] = ()
    node_id: str = ""


class AnnouncementStore(Protocol):
    """Announcements between nodes."""

    async def announce(self, announcement: Announcement) -> None:
        """Tell all nodes, this one included. Never fails: what could not be told is lost."""

    def listen(self) -> AsyncIterator[Announcement]:
        """What is announced from now on; it ends never, and raises Unavailable when the connection is lost."""
