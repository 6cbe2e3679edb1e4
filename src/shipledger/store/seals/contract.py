"""What every store does to seal entries; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.found import Found
from shipledger.ledger.chain import EntrySeal, SealedEntry


class PlacedEntry(Struct, frozen=True):
    """An entry at its position, with the digest of its contents, even if they are erased.

    ``content`` is the JSON of its columns; ``is_erased``: its contents are gone.
    """

    entry: SealedEntry
    content: str
    is_erased: bool


class SealStore(Protocol):
    """Entries in the order of settlement, and the seals over them.

    Later settlements have greater positions, except concurrent ones. Positions may have gaps.
    """

    async def find_last_position(self, organization_id: str, kind: str) -> int:
        """The position of the newest entry of a kind; 0 if there is none."""

    async def list_placed_entries(
        self, organization_id: str, kind: str, *, after: int, until: int, limit: int
    ) -> Found[PlacedEntry]:
        """Entries of a kind by position, after one position and up to another.

        Unreadable ones are in ``damaged``, by id and version.
        """

    async def count_entries_after(self, organization_id: str, places: Mapping[str, int]) -> int:
        """How many entries of all kinds stand after these positions."""

    async def append_seal(self, seal: EntrySeal) -> None:
        """Add a seal. Raises Conflict if its number exists."""

    async def find_last_seal(self, organization_id: str) -> EntrySeal | None:
        """The newest seal of an organization, or None."""

    async def list_seals(self, organization_id: str, *, after: int, limit: int) -> Found[EntrySeal]:
        """Seals of an organization by number, after one. Unreadable ones are in ``damaged``, by number."""

    async def find_newest_seal(self) -> datetime | None:
        """When any organization was sealed last; None if none was."""
