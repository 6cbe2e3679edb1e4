"""Folds of what was known at a moment, of records of any kind, made beside the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct

from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.past import Past, fold_all_as_of
from shipledger.performing.performer import Performer, tell_damaged

T = TypeVar("T")

READ_AT_ONCE = 200
READ_FOR_A_PAGE = 5_000
"""Records that are folded for one page at most."""
SIZE_OF_ENTRY = 300
"""What folding an entry costs, in characters read."""


class PastPage(Struct, frozen=True):
    """Which page of the past is wanted: before an id, "" for the first."""

    before_id: str
    limit: int


class PastRecords(Performer):
    """Reads records of any kind as they were known."""

    async def _read_kind(self, aggregate: Aggregate, organization_id: str, as_of: datetime) -> Past[Any]:
        """All records of a kind that were known at a moment, also those that an upgrade entered later."""
        records: list[Any] = []
        is_as_entered = False
        before_id = ""
        while True:
            ids = await self._parts.store.list_ids_as_of(
                aggregate.kind, organization_id, None, before_id=before_id, limit=READ_AT_ONCE
            )
            past, _ = await self._fold(aggregate, organization_id, ids, as_of)
            records += past.records
            is_as_entered = is_as_entered or past.is_as_entered
            if len(ids) < READ_AT_ONCE:
                return Past(records, is_as_entered)
            before_id = ids[-1]

    async def _find(self, aggregate: Aggregate, organization_id: str, subject_id: str, as_of: datetime) -> Past[Any]:
        """The record with an id, or none. Raises DamagedRecord."""
        past, damaged = await self._fold(aggregate, organization_id, [subject_id], as_of)
        if damaged:
            raise damaged[0]
        return past

    async def _walk(
        self,
        aggregate: Aggregate,
        organization_id: str,
        as_of: datetime,
        fits: Callable[[Any], bool],
        page: PastPage,
        *,
        prepare: Callable[[Any], Any] = lambda one: one,
    ) -> tuple[Found[Any], str]:
        """Those records that fit, as ``prepare`` makes them, and the id after which the next page begins."""
        found: list[Any] = []
        damaged: list[DamagedRecord] = []
        before_id = page.before_id
        for _ in range(0, READ_FOR_A_PAGE, READ_AT_ONCE):
            ids = await self._parts.store.list_ids_as_of(
                aggregate.kind, organization_id, as_of, before_id=before_id, limit=READ_AT_ONCE
            )
            past, unreadable = await self._fold(aggregate, organization_id, ids, as_of)
            damaged += unreadable
            fitting = [one for one in map(prepare, past.records) if fits(one)]
            fitting.sort(key=lambda one: one.subject_id, reverse=True)
            room = page.limit - len(found)
            found += fitting[:room]
            if len(fitting) > room or (len(fitting) == room and room and len(ids) == READ_AT_ONCE):
                return Found(found, damaged), found[-1].subject_id
            if len(ids) < READ_AT_ONCE:
                return Found(found, damaged), ""
            before_id = ids[-1]
        return Found(found, damaged), before_id

    async def _fold(
        self, aggregate: Aggregate, organization_id: str, ids: Sequence[str], as_of: datetime
    ) -> tuple[Past[Any], Sequence[DamagedRecord]]:
        if not ids:
            return Past(()), ()
        histories = tell_damaged(await self._parts.store.read_entries_of(aggregate.kind, organization_id, ids))
        fold = partial(fold_all_as_of, histories, as_of, aggregate)
        size = SIZE_OF_ENTRY * sum(map(len, histories))
        return await self._parts.long_work.run(organization_id, fold, size=size), histories.damaged
