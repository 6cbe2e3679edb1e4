"""Which records changed, for those who watch an organization, such as a page that somebody has open.

It is a hint to look again and nothing more: one that is lost costs a little time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from shipledger.store.nodes.announcement import Change

RECORDS_NAMED = 20
"""Of more, it is only told that something changed."""


class NewsWatch:
    """Somebody who watches one organization. ``is_over``: nothing will be heard any more."""

    def __init__(self) -> None:
        self.is_over = False
        self._records: set[str] | None = set()
        self._woken = asyncio.Event()

    def hear(self, records: Iterable[str]) -> None:
        """These records changed; none: any may have."""
        self._records = _join(self._records, records)
        self._woken.set()

    def end(self) -> None:
        """Nothing comes any more."""
        self.is_over = True
        self._woken.set()

    async def wait(self, seconds: float) -> frozenset[str] | None:
        """The records that have changed since the last call; an empty set: any may have. None: nothing was heard for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return None
        if self.is_over:
            return None
        records, self._records = self._records, set()
        self._woken.clear()
        return frozenset(records or ())


class News:
    """What changed by this process and, where nodes can hear each other, by others."""

    def __init__(self) -> None:
        self._watches: dict[str, set[NewsWatch]] = {}
        self._untold: dict[str, set[str] | None] = {}
        self._is_over = False

    @property
    def count(self) -> int:
        """How many watch."""
        return sum(map(len, self._watches.values()))

    def note(self, organization_id: str, records: Iterable[str]) -> None:
        """Some records of an organization were changed by this process."""
        told = tuple(records)
        self._untold[organization_id] = _join(self._untold.get(organization_id, set()), told)
        self.hear(Change(organization_id=organization_id, records=told))

    def hear(self, change: Change) -> None:
        """Something changed, here or on another node."""
        for watch in self._watches.get(change.organization_id, ()):
            watch.hear(change.records)

    def take_untold(self) -> tuple[Change, ...]:
        """What other nodes have not been told yet."""
        untold, self._untold = self._untold, {}
        return tuple(Change(organization_id=place, records=tuple(sorted(found or ()))) for place, found in untold.items())

    @contextmanager
    def watch(self, organization_id: str) -> Iterator[NewsWatch]:
        """Watch an organization from now on."""
        watch = NewsWatch()
        if self._is_over:
            watch.end()
        self._watches.setdefault(organization_id, set()).add(watch)
        try:
            yield watch
        finally:
            watches = self._watches[organization_id]
            watches.discard(watch)
            if not watches:
                del self._watches[organization_id]

    def end(self) -> None:
        """The process stops: whoever watches is let go."""
        self._is_over = True
        for watches in self._watches.values():
            for watch in watches:
                watch.end()


def _join(known: set[str] | None, records: Iterable[str]) -> set[str] | None:
    """Both, or None, which is anything: when either is, or when they are too many."""
    told = set(records)
    if known is None or not told or len(known | told) > RECORDS_NAMED:
        return None
    return known | told
