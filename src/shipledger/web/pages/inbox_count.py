"""How many things are open in an inbox, for the menu of every page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from shipledger.errors import ShipledgerError
from shipledger.verbs.inbox import InboxPages

REMEMBERED_SECONDS = 10.0
REMEMBERED = 1_000


class InboxCount:
    """Asks once in a while: what is mapped here is forgotten at once, what others do is seen a moment later."""

    def __init__(self, inbox: InboxPages, monotonic: Callable[[], float]) -> None:
        self._inbox = inbox
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, int]] = {}

    async def find(self, organization_id: str) -> int:
        """How many are open; 0 where nobody can say, since a page does not fail for it."""
        until, count = self._known.get(organization_id, (float("-inf"), 0))
        if self._monotonic() < until:
            return count
        with contextlib.suppress(ShipledgerError):
            count = await self._inbox.count_open(organization_id)
        while len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[organization_id] = (self._monotonic() + REMEMBERED_SECONDS, count)
        return count

    def forget(self, organization_id: str) -> None:
        """Somebody has changed something."""
        self._known.pop(organization_id, None)
