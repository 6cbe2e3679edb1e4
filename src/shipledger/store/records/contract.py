"""What every store does with every aggregate; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from shipledger.found import Found
from shipledger.ledger.aggregate import Aggregates
from shipledger.ledger.submission import Alias


class RecordStore(Protocol):
    """Records of all kinds, and their entries. ``kind`` is the word of an aggregate; records of plain ones alone are loaded."""

    @property
    def aggregates(self) -> Aggregates:
        """Those that the ledger has."""

    async def list_entries_of(self, kind: str, organization_id: str, subject_id: str) -> list[Any]:
        """All entries of a record, in order."""

    async def count_entries_of(self, kind: str) -> int:
        """How many entries there are, of all organizations."""

    def read_histories(self, kind: str) -> AsyncIterator[Found[Any]]:
        """The entries of every record, grouped by record, by organization and id.

        Unreadable ones are in ``damaged`` of their record.
        """

    async def list_ids_as_of(
        self, kind: str, organization_id: str, as_of: datetime | None, *, before_id: str, limit: int
    ) -> list[str]:
        """The ids of records that were known at a moment, the greatest first, before an id; "" is after all. None: at any."""

    async def find_kinds(self, organization_id: str, ids: Sequence[str]) -> dict[str, str]:
        """The kind of record that each id is of, removed and erased ones included. Ids of nothing are left out."""

    async def read_entries_of(self, kind: str, organization_id: str, ids: Sequence[str]) -> Found[list[Any]]:
        """The entries of several records, a list for each that has any. Records with unreadable ones are in ``damaged``."""

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Any]:
        """The records that (organization, name) name. What does not exist is left out."""

    async def find_record(self, kind: str, organization_id: str, subject_id: str) -> Any:
        """The record with this id, or None."""

    async def find_last_numbers(self, kind: str, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest number ever used in each organization. Organizations without any are left out."""

    async def list_former_owners(self, kind: str) -> list[str]:
        """The organizations with rows of a plain aggregate that no entry made, but a version before entries."""

    async def save_records(self, records: Sequence[Any]) -> None:
        """Write the projections of records of plain aggregates, replacing what is there."""
