"""Settlement: the end of receipts."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Amend, Mark, Separate
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
from shipledger.store.settlement.named_services import create_named_services
from shipledger.store.templates import named
from shipledger.store.tiers.verbs import SqlTiers

SIZE_OF_ENTRY = 1_000
"""What it takes to make the rows of an entry, in characters that are looked at."""


class _UndoneError(Exception):
    """A rehearsal has come to its end, and is undone."""


class SqlSettlement(SqlTiers, SqlFencing):
    """One transaction ends receipts, appends entries and saves what they lead to."""

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
        end = end_receipts(batch.receipts, settled_us=to_microseconds(batch.settled_at))
        appended = [entry for one in batch.receipts for entry in one.entries]
        entries = self._append_entries(appended)
        change = Change(
            Cause.SETTLEMENT,
            deployments=tuple(one for one in batch.changed if one.kind == Deployment.kind),
            records=tuple(one for one in batch.changed if one.kind != Deployment.kind),
            new=frozenset((one.organization_id, one.subject_id) for one in appended if one.version == 1),
            corrected=frozenset(
                (one.organization_id, one.subject_id) for one in appended if isinstance(one.submission, Amend | Mark | Separate)
            ),
            entries=tuple(appended),
        )
        save = self._tell_resolved(change)

        def write() -> Steps[None]:
            yield from self._hold_node(batch.node_id)
            mappings = yield from end
            yield from entries
            if batch.changed:
                yield from save
            for mapping in mappings:
                yield from self._tell(mapping)

        return write()

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


def end_receipts(receipts: Sequence[SettledReceipt], *, settled_us: int) -> Steps[list[Change]]:
    """What ends pending receipts, keeps their verdicts, creates the services that they name, and forgets their names.

    It gives the changes of the services that it created. Raises Conflict when a receipt is not pending.

    The rows are made now, so that the database is not kept waiting for them.
    """
    keys = rows.to_json((one.receipt.organization_id, one.receipt.receipt_id) for one in receipts)
    verdicts = rows.to_json(row for one in receipts for row in receipt_rows.from_verdicts(one))

    forget = forget_names(receipts)
    services = create_named_services(receipts, settled_us=settled_us)

    def end() -> Steps[list[Change]]:
        created = yield from services
        if (yield call("settle_receipts", keys=keys, settled_us=settled_us)) != len(receipts):
            raise Conflict("receipt_not_pending", "Some of these receipts were settled or quarantined in the meantime.")
        yield call("append_verdicts", rows=verdicts, settled_us=settled_us)
        yield from forget
        return [Change(Cause.MAPPING, organization_id=one.organization_id, service_ids=(one.service_id,)) for one in created]

    return end()
