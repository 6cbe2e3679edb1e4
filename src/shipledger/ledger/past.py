"""What the ledger knew at a moment: the entries that it had recorded by then. Pure.

An entry is known from when it was recorded, which is when its receipt was settled; see ADR 0032. What an upgrade entered was
there before, as rows that changed without an entry: of the time before, the first entry is the best that is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec import Struct

from shipledger.ledger.actor import ActorKind
from shipledger.ledger.aggregate import Aggregate

T = TypeVar("T")

FINAL_AFTER = timedelta(minutes=1)
"""By then no transaction is under way any more that was decided before."""


class Sources(Struct, frozen=True):
    """What an answer about the past takes from elsewhere than the entries that were known then, as words.

    ``by_todays``: from today, as it has no entries. ``by_first_entries``: from first entries, which an upgrade made later.
    """

    by_todays: frozenset[str] = frozenset()
    by_first_entries: frozenset[str] = frozenset()

    def __or__(self, other: Sources) -> Sources:
        return Sources(self.by_todays | other.by_todays, self.by_first_entries | other.by_first_entries)


class Past(Struct, Generic[T], frozen=True):
    """The records of one kind that were known at a moment.

    ``is_as_entered``: of some it takes the first entry, which an upgrade made later.
    """

    records: Sequence[T]
    is_as_entered: bool = False


def known_by(entries: Sequence[Any], as_of: datetime) -> list[Any]:
    """The entries of one record that were known at a moment: those before the first one that was recorded later.

    They stand in order, so that a clock that went back never makes one known before those that it follows.
    """
    known = []
    for entry in entries:
        if entry.recorded_at > as_of:
            break
        known.append(entry)
    return known


def fold_as_of(entries: Sequence[Any], as_of: datetime, fold_history: Callable[[Sequence[Any]], T | None]) -> T | None:
    """The record that all its ``entries`` made at a moment; None where it was not known yet, or was removed by then.

    Raises Damaged and ValueError as ``fold_history`` does.
    """
    known = known_by(entries, as_of)
    record: Any = fold_history(known) if known else None
    return None if record is None or record.is_removed else record


def fold_all_as_of(histories: Sequence[Sequence[Any]], as_of: datetime, aggregate: Aggregate) -> Past[Any]:
    """The records of one kind that their ``histories`` made at a moment. Raises as ``fold_as_of`` does."""
    known, is_as_entered = [], False
    for entries in histories:
        entered_at = _find_entered(entries, as_of, aggregate)
        record = fold_as_of(entries, entered_at or as_of, aggregate.fold_history)
        if record is not None:
            known.append(record)
            is_as_entered = is_as_entered or entered_at is not None
    return Past(known, is_as_entered)


def _find_entered(entries: Sequence[Any], as_of: datetime, aggregate: Aggregate) -> datetime | None:
    """When an upgrade had entered a record that was there at an earlier moment; None if it was not, or was entered by then."""
    first = entries[0]
    if first.recorded_at <= as_of or not _is_by_migration(first):
        return None
    began_at = aggregate.began_at(first.submission)
    if began_at is not None and began_at > as_of:
        return None
    end = next((place for place, one in enumerate(entries) if not _is_by_migration(one)), len(entries))
    entered: datetime = max(one.recorded_at for one in entries[:end])
    return entered


def _is_by_migration(entry: Any) -> bool:
    return entry.actor is not None and entry.actor.kind is ActorKind.MIGRATION


def is_final(as_of: datetime, now: datetime) -> bool:
    """Whether what was known at a moment stays the same whenever it is asked for, but for what is erased."""
    return as_of <= now - FINAL_AFTER
