"""Go through all that an erasure looks at, page by page, and tell how far it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from shipledger.store.contract import Store
from shipledger.store.erasure.contract import FoundCommits, FoundPacks, FoundSubjects, Place, Selection

PAGE = 2_000

Advance = Callable[[int, int], None]
"""Told how much of how much is done."""


class Walk:
    """One walk. Pages are read apart from what is erased in between, so no transaction is long."""

    def __init__(self, store: Store, selection: Selection, advance: Advance | None, total: int) -> None:
        self._store = store
        self._selection = selection
        self._advance = advance
        self._total = total
        self._seen = 0

    async def receipts(self) -> AsyncIterator[tuple[str, ...]]:
        """The ids of receipts to erase."""
        after: str | None = ""
        while after is not None:
            found = await self._store.find_receipts_to_erase(self._selection, after, limit=PAGE)
            yield found.receipt_ids
            self._tell(found.seen)
            after = found.after

    async def subjects(self, kind: str) -> AsyncIterator[FoundSubjects]:
        """The records of a kind that have entries to erase."""
        after: Place | None = Place()
        while after is not None:
            found = await self._store.find_subjects_to_erase(self._selection, kind, after, limit=PAGE)
            yield found
            self._tell(found.seen)
            after = found.after

    async def packs(self) -> AsyncIterator[FoundPacks]:
        """The packs to erase."""
        after: str | None = ""
        while after is not None:
            found = await self._store.find_packs_to_erase(self._selection, after, limit=PAGE)
            yield found
            self._tell(found.seen)
            after = found.after

    async def commits(self) -> AsyncIterator[FoundCommits]:
        """The commits to erase."""
        after: tuple[str, str] | None = ("", "")
        while after is not None:
            found = await self._store.find_commits_to_erase(self._selection, after, limit=PAGE)
            yield found
            self._tell(found.seen)
            after = found.after

    def _tell(self, seen: int) -> None:
        self._seen += seen
        if self._advance is not None:
            self._advance(self._seen, max(self._total, self._seen))
