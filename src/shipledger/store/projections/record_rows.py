"""The rows of records of plain aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.errors import Conflict
from shipledger.ledger.aggregate import Aggregate
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.projecting import Cause, Change, Key, key_of
from shipledger.store.session import Call, Steps, call
from shipledger.store.templates import named


class RecordRows:
    """The row of each record of one aggregate, its names, and its rows in further tables."""

    def __init__(self, aggregate: Aggregate) -> None:
        self._kind = aggregate.kind
        self._known_by = aggregate.known_by
        self._codec = codec_of(aggregate)
        self._parts = aggregate.keeping.parts

    def hear(self, change: Change) -> Steps[None]:
        """See Subscriber. Raises Conflict in the transaction when a newer version is stored."""
        ordered = sorted(change.records_of(self._kind), key=key_of)
        kept = [one for one in ordered if not one.is_removed]
        gone = [*(key_of(one) for one in ordered if one.is_removed), *change.erased_of(self._kind)]
        is_whole = change.cause is Cause.REBUILD and change.is_whole
        return self._save(is_whole, self._delete(gone), len(kept), *(self._write(kept) if kept else ()))

    def _save(self, is_whole: bool, delete: Sequence[Call], count: int, *writes: Call) -> Steps[None]:  # noqa: FBT001  one caller
        kind = self._kind
        if is_whole:
            yield call(named("clear_{kind}s", kind))
        yield from _run(delete)
        if writes:
            if len((yield writes[0])) != count:
                sentence = f"A record of the kind {kind} changed in the meantime; load it and decide again."
                raise Conflict(f"{kind}_moved_on", sentence)
            yield from _run(writes[1:])

    def _delete(self, gone: Sequence[Key]) -> list[Call]:
        return [call(named("delete_{kind}s", self._kind), keys=rows.to_json(gone))] if gone else []

    def _write(self, kept: Sequence[Any]) -> list[Call]:
        """The statements that write records; the first gives the rows that it wrote."""
        kind, keys = self._kind, rows.to_json(map(key_of, kept))
        names = {
            (one.organization_id, *rows.from_alias(alias), one.subject_id): None for one in kept for alias in self._known_by(one)
        }
        writes = [
            call(named("save_{kind}s", kind), rows=rows.to_json(map(self._codec.from_record, kept))),
            call(named("delete_{kind}_aliases", kind), keys=keys),
            call(named("save_{kind}_aliases", kind), rows=rows.to_json(names)),
        ]
        for part in self._parts:
            writes.append(call(named("delete_{part}_rows", part.table), keys=keys))
            own = [(*key_of(one), *map(rows.to_storable, row)) for one in kept for row in part.to_rows(one)]
            if own:
                writes.append(call(named("save_{part}_rows", part.table), rows=rows.to_json(own)))
        return writes


def _run(calls: Sequence[Call]) -> Steps[None]:
    for one in calls:  # noqa: UP028  a list takes no answers
        yield one
