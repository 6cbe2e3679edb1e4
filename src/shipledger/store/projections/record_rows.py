"""The rows of records of plain aggregates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipledger.errors import Conflict
from shipledger.ledger.aggregate import Aggregate
from shipledger.store import rows
from shipledger.store.codecs import codec_of
from shipledger.store.projecting import Cause, Change, Key, key_of
from shipledger.store.session import Steps, call
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
        return self._save(change, kept, gone)

    def _save(self, change: Change, kept: Sequence[Any], gone: Sequence[Key]) -> Steps[None]:
        kind = self._kind
        if change.cause is Cause.REBUILD and change.is_whole:
            yield call(named("clear_{kind}s", kind))
        if gone:
            yield call(named("delete_{kind}s", kind), keys=rows.to_json(gone))
        if not kept:
            return
        saved = yield call(named("save_{kind}s", kind), rows=rows.to_json(map(self._codec.from_record, kept)))
        if len(saved) != len(kept):
            raise Conflict(f"{kind}_moved_on", f"A record of the kind {kind} changed in the meantime; load it and decide again.")
        yield call(named("delete_{kind}_aliases", kind), keys=rows.to_json(map(key_of, kept)))
        names = {
            (one.organization_id, *rows.from_alias(alias), one.subject_id): None for one in kept for alias in self._known_by(one)
        }
        yield call(named("save_{kind}_aliases", kind), rows=rows.to_json(names))
        for part in self._parts:
            yield call(named("delete_{part}_rows", part.table), keys=rows.to_json(map(key_of, kept)))
            own = [(*key_of(one), *map(_storable, row)) for one in kept for row in part.to_rows(one)]
            if own:
                yield call(named("save_{part}_rows", part.table), rows=rows.to_json(own))


def _storable(value: Any) -> Any:
    return rows.storable(value) if isinstance(value, str) else value
