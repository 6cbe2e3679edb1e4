"""The working set of an aggregate whose records are found by names alone, each of which only one record has. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from shipledger.ledger.actor import actor_of
from shipledger.ledger.aggregate import Asked, Decided, Histories, RecordEntry, Study
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias


class Question(Struct, frozen=True):
    """Item ``item`` of ``receipt``. ``current`` is what it is about, or None; ``number`` that of a record that is new.

    ``named`` are the records that have one of the names which the submission concerns. ``list_peers`` gives all of the
    organization that are known, as they are by now, and ``facts`` is what no record of this kind says: see ``Around``.
    """

    current: Any
    receipt: Receipt
    item: int
    submission: Any
    number: int
    now: datetime
    named: Mapping[Alias, Any] = {}
    list_peers: Callable[[], Sequence[Any]] = list
    facts: Any = None

    def enter(self, kind: str, subject_id: str, submission: Any, *, after: Any) -> RecordEntry:
        """The entry by which a record keeps ``submission``: the next of those that made ``after``, or the first."""
        receipt = self.receipt
        return RecordEntry(
            kind=kind,
            organization_id=receipt.organization_id,
            subject_id=subject_id,
            version=1 if after is None else after.version + 1,
            receipt_id=receipt.receipt_id,
            item=self.item,
            accepted_at=receipt.accepted_at,
            recorded_at=self.now,
            submission=submission,
            actor=actor_of(receipt),
        )


Decide: TypeAlias = Callable[[Question], Decided]
"""The outcome of a submission. Total: every question has one."""


class Reader(Protocol):
    """What of a store is asked."""

    async def load_records(self, kind: str, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Any]:
        """The records that names refer to."""

    async def find_last_numbers(self, kind: str, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest number by organization."""


class Around(Struct, frozen=True):
    """What decisions depend on besides: records with further names, by organization, and facts that no record says."""

    names: Sequence[tuple[str, Alias]] = ()
    facts: Any = None


class Rules(Struct, frozen=True):
    """What an aggregate says of itself. ``names_in`` and ``known_by``: see Aggregate.

    ``number_of`` is that of a record; None if records have none. ``about``: those of the names in a submission that say which
    record it is about, where others only must not be taken. ``look_around``: what decisions depend on besides. Nothing guards
    that by itself, since it is changed by other entries: whoever needs it exact subscribes at the seam, and raises Conflict.
    """

    kind: str
    names_in: Callable[[Any], Iterable[Alias]]
    known_by: Callable[[Any], Iterable[Alias]]
    decide: Decide
    number_of: Callable[[Any], int] | None = None
    about: Callable[[Any], Iterable[Alias]] | None = None
    look_around: Callable[[Any, Sequence[Asked]], Awaitable[Around]] | None = None


class NamedKnowledge(Struct, frozen=True):
    """See Knowledge."""

    rules: Rules
    named: Mapping[tuple[str, Alias], Any]
    numbers: Mapping[str, int]
    facts: Any = None

    @property
    def records(self) -> Sequence[Any]:
        return [*self.named.values()]

    def begin(self, histories: Histories, *, is_guarded: bool) -> NamedAtWork:  # noqa: ARG002  names guard each other
        """See Knowledge."""
        return NamedAtWork(self)

    def version_of(self, place: tuple[str, str]) -> int:
        version: int = next(one.version for one in self.named.values() if (one.organization_id, one.subject_id) == place)
        return version


class NamedAtWork:
    """See Working."""

    def __init__(self, known: NamedKnowledge) -> None:
        self._rules = known.rules
        self._about = known.rules.about or known.rules.names_in
        self._named = dict(known.named)
        self._names: dict[tuple[str, str], set[Alias]] = {}
        for (owner, alias), record in self._named.items():
            self._names.setdefault((owner, record.subject_id), set()).add(alias)
        self._numbers = dict(known.numbers)
        self._facts = known.facts

    def find_named(self, organization_id: str, alias: Alias) -> Any:
        return self._find(organization_id, (alias,))

    def list_known(self, receipt: Receipt, submission: Any) -> list[Any]:
        found = self._find(receipt.organization_id, self._about(submission))
        return [] if found is None else [found]

    list_concerned = list_known

    def decide(self, receipt: Receipt, item: int, submission: Any, now: datetime) -> Decided:
        owner = receipt.organization_id
        current = self._find(owner, self._about(submission))
        number = self._numbers.get(owner, 0) + 1
        found = {alias: self._find(owner, (alias,)) for alias in self._rules.names_in(submission)}
        named = {alias: one for alias, one in found.items() if one is not None}
        peers = partial(self._list_peers, owner)
        return self._rules.decide(Question(current, receipt, item, submission, number, now, named, peers, self._facts))

    def put(self, decided: Decided) -> None:
        for record in decided.states:
            owner = record.organization_id
            had, has = self._names.get((owner, record.subject_id), set()), set(self._rules.known_by(record))
            for alias in had - has:  # another record may take a name that this one has given up
                named = self._named.get((owner, alias))
                if named is not None and named.subject_id == record.subject_id:
                    del self._named[owner, alias]
            self._named.update({(owner, alias): record for alias in has})
            self._names[owner, record.subject_id] = has
            if self._rules.number_of is not None:
                self._numbers[owner] = max(self._numbers.get(owner, 0), self._rules.number_of(record))

    def _list_peers(self, organization_id: str) -> list[Any]:
        found = {one.subject_id: one for (owner, _), one in self._named.items() if owner == organization_id}
        return [one for one in found.values() if not one.is_removed]

    def _find(self, organization_id: str, names: Iterable[Alias]) -> Any:
        found = (self._named.get((organization_id, alias)) for alias in names)
        return next((one for one in found if one is not None and not one.is_removed), None)


def study_by_name(rules: Rules) -> Study:
    """What loads the records that submissions name. Numbers are read first: see ``incidents/knowledge.py``."""

    async def study(store: Reader, asked: Sequence[Asked], shared: Sequence[tuple[str, Alias]]) -> NamedKnowledge:
        owners = sorted({one.receipt.organization_id for one in asked})
        names = {(one.receipt.organization_id, name) for one in asked for name in rules.names_in(one.submission)}
        numbers = await store.find_last_numbers(rules.kind, owners) if rules.number_of is not None else {}
        around = Around() if rules.look_around is None else await rules.look_around(store, asked)
        known = await store.load_records(rules.kind, sorted({*names, *shared, *around.names}))
        return NamedKnowledge(rules, known, numbers, around.facts)

    return study
