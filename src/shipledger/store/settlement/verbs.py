"""Settlement: the end of receipts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.ledger.aggregate import Aggregate, Decided, Told
from shipledger.ledger.deployment import Deployment
from shipledger.long_work import run_beside
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.fencing import SqlFencing
from shipledger.store.projecting import Cause, Change
from shipledger.store.receipts import rows as receipt_rows
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.receipts.pending import forget_names
from shipledger.store.receipts.settled import SettledReceipt
from shipledger.store.session import Call, Steps, call
from shipledger.store.settlement.named_services import declare_named_services
from shipledger.store.templates import named
from shipledger.store.tiers.verbs import SqlTiers

SIZE_OF_ENTRY = 1_000
"""What it takes to make the rows of an entry, in characters that are looked at."""


class _UndoneError(Exception):
    """A rehearsal has come to its end, and is undone."""


class SqlSettlement(SqlTiers, SqlFencing):
    """One transaction ends receipts, appends entries and saves what they lead to."""

    @cached_property
    def _tells(self) -> dict[str, Callable[[Any], Told]]:
        """The kinds whose entries change what is derived from others."""
        return {one.kind: one.tells for one in self.aggregates if one.tells is not None}

    async def settle(self, batch: SettlementBatch) -> None:
        await self._write_steps(await self._prepare(batch))

    async def rehearse(self, batch: SettlementBatch) -> None:
        steps = await self._prepare(batch)

        def write() -> Steps[None]:
            yield from steps
            raise _UndoneError

        with contextlib.suppress(_UndoneError):
            await self._write_steps(write())

    async def _prepare(self, batch: SettlementBatch) -> Steps[None]:
        """The steps, whose rows are made beside the event loop when there are many."""
        entries = sum(len(one.entries) for one in batch.receipts)
        return await run_beside(partial(self._settle, batch), size=SIZE_OF_ENTRY * entries)

    def _settle(self, batch: SettlementBatch) -> Steps[None]:
        settled_us = to_microseconds(batch.settled_at)
        services = declare_named_services(batch.receipts, settled_us=settled_us)
        end = end_receipts(batch.receipts, settled_us=settled_us)
        appended = [entry for one in batch.receipts for entry in one.entries]
        entries = self._append_entries(appended)
        change = Change(
            Cause.SETTLEMENT,
            deployments=tuple(one for one in batch.changed if one.kind == Deployment.kind),
            records=tuple(one for one in batch.changed if one.kind != Deployment.kind),
            new=frozenset((one.organization_id, one.subject_id) for one in appended if one.version == 1),
            entries=tuple(appended),
        )
        save = self._tell_resolved(change)
        told = self._list_told(appended)

        def write() -> Steps[None]:
            yield from self._hold_node(batch.node_id)
            yield from end
            declared = yield from services
            if declared:
                yield from self._record(declared)
            yield from entries
            if batch.changed:
                yield from save
            for one in told:
                yield from self._tell(one)

        return write()

    def _record(self, declared: Sequence[Decided]) -> Steps[None]:
        """What records outcomes that were decided in the transaction itself. Subscribers hear of them once."""
        entries = [entry for one in declared for entry in one.entries]
        yield from self._append_entries(entries)
        yield from self._tell(
            Change(Cause.SETTLEMENT, records=tuple(one for outcome in declared for one in outcome.states), entries=tuple(entries))
        )
        for told in self._list_told(entries):
            yield from self._tell(told)

    def _list_told(self, entries: Iterable[Any]) -> list[Change]:
        """What entries change for those who derive something from other kinds: once for each cause and organization."""
        by_place: dict[tuple[str, str], list[Told]] = {}
        for entry in entries:
            tells = self._tells.get(entry.kind)
            if tells is not None:
                told = tells(entry)
                by_place.setdefault((told.cause, entry.organization_id), []).append(told)
        return [
            Change(
                Cause(cause),
                organization_id=organization_id,
                service_ids=tuple(dict.fromkeys(one for told in all_told for one in told.service_ids)),
                repository_keys=tuple(
                    dict.fromkeys(rows.to_repository_key(one) for told in all_told for one in told.repositories)
                ),
            )
            for (cause, organization_id), all_told in by_place.items()
        ]

    def _append_entries(self, entries: Sequence[Any]) -> Steps[None]:
        """What appends entries of any kind. The rows are made now."""
        by_kind: dict[str, list[Any]] = {}
        for entry in entries:
            by_kind.setdefault(entry.kind, []).append(entry)
        calls = [append_of(self.aggregates[kind], own) for kind, own in by_kind.items()]

        def append() -> Steps[None]:
            for one in calls:  # noqa: UP028  a list takes no answers
                yield one

        return append()


def append_of(aggregate: Aggregate, entries: Sequence[Any]) -> Call:
    """The statement that appends entries of one aggregate."""
    keeping, made = aggregate.keeping, map(codec_of(aggregate).from_entry, entries)
    if not keeping.is_plain:
        return call("append_entries", rows=rows.to_json(made))
    numbered = ((*row, keeping.number(entry)) for row, entry in zip(made, entries, strict=True))
    return call(named("append_{kind}_entries", aggregate.kind), rows=rows.to_json(numbered))


def end_receipts(receipts: Sequence[SettledReceipt], *, settled_us: int) -> Steps[None]:
    """What ends pending receipts, keeps their verdicts, and forgets their names. Raises Conflict when one is not pending.

    The rows are made now, so that the database is not kept waiting for them.
    """
    keys = rows.to_json((one.receipt.organization_id, one.receipt.receipt_id) for one in receipts)
    verdicts = rows.to_json(row for one in receipts for row in receipt_rows.from_verdicts(one))

    forget = forget_names(receipts)

    def end() -> Steps[None]:
        if (yield call("settle_receipts", keys=keys, settled_us=settled_us)) != len(receipts):
            raise Conflict("receipt_not_pending", "Some of these receipts were settled or quarantined in the meantime.")
        yield call("append_verdicts", rows=verdicts, settled_us=settled_us)
        yield from forget

    return end()
