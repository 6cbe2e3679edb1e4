"""Who did what: the newest entries of each kind, by their indexes, become one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.clock import to_microseconds
from shipledger.deployments.lookups import AFTER_ALL_IDS
from shipledger.errors import DamagedRecord
from shipledger.found import Found
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.auditing import AuditFilter, AuditPlace
from shipledger.store import rows
from shipledger.store.bounds import from_bound, until_bound
from shipledger.store.codecs import codec_of
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session
from shipledger.store.templates import named

_LATEST_VERSION = 2**31 - 1


class SqlAudit(Session):
    """See AuditStore."""

    async def list_acts(self, organization_id: str, wanted: AuditFilter) -> Found[Any]:
        found: list[Any] = []
        damaged: list[DamagedRecord] = []
        for aggregate in self.aggregates:
            if not wanted.kinds or aggregate.kind in wanted.kinds:
                read = read_each(codec_of(aggregate).to_entry, await self._list_of(aggregate, organization_id, wanted))
                found += read
                damaged += read.damaged
        found.sort(key=place_of, reverse=True)
        return Found(found[: wanted.limit], damaged)

    async def _list_of(self, aggregate: Aggregate, organization_id: str, wanted: AuditFilter) -> Sequence[rows.Row]:
        has_all = wanted.has_reports and aggregate.acts is not None
        before_us, before_id, before_version = _bound(aggregate.kind, wanted)
        found: Sequence[rows.Row] = await self._fetch_long(
            named("list_{kind}_reports" if has_all else "list_{kind}_acts", aggregate.kind),
            organization_id=organization_id,
            since_us=from_bound(wanted.since),
            before_us=before_us,
            before_id=before_id,
            before_version=before_version,
            actor=rows.storable(wanted.actor),
            limit=wanted.limit,
        )
        return found


def place_of(entry: Any) -> AuditPlace:
    """Where an entry stands."""
    return AuditPlace(entry.recorded_at, entry.kind, entry.subject_id, entry.version)


def _bound(kind: str, wanted: AuditFilter) -> tuple[int, str, int]:
    """The place in one kind before which its entries are wanted: at one moment, kinds stand by their words."""
    until_us, before = until_bound(wanted.until), wanted.before
    if before is None or to_microseconds(before.recorded_at) > until_us:
        return until_us, AFTER_ALL_IDS, _LATEST_VERSION
    before_us = to_microseconds(before.recorded_at)
    if kind == before.kind:
        return before_us, rows.storable(before.subject_id), before.version
    return (before_us, AFTER_ALL_IDS, _LATEST_VERSION) if kind < before.kind else (before_us, "", 0)
