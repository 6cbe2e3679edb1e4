"""What an aggregate is: a kind of record with a history of its own, such as deployments or incidents. Pure.

Each is described once, by an ``Aggregate`` in its own package. Settlement and all that goes through entries know it by that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeAlias

from msgspec import Struct

from shipledger.ledger.actor import Actor
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict

EVERYTHING = Alias(scope="*", key="*")
"""The name of every deployment of an organization at once: removals by properties concern it."""


class Decided(Struct, frozen=True):
    """The outcome of one submission: the verdict, the entries to append, and the records that these changed."""

    verdict: Verdict
    entries: tuple[Any, ...] = ()
    states: tuple[Any, ...] = ()


class NeedsHistory(Exception):
    """The decision needs the entries of these records of one kind, each an organization and an id."""

    def __init__(self, kind: str, *places: tuple[str, str]) -> None:
        super().__init__(kind, places)
        self.kind = kind
        self.places = places


class Stale(Exception):
    """The batch itself changed what a name refers to; that must be loaded again."""


class Working(Protocol):
    """What is known of one aggregate, kept current while a batch is decided."""

    def find_named(self, organization_id: str, alias: Alias) -> Any:
        """The record that a name currently refers to, or None. Raises Stale."""

    def list_known(self, receipt: Receipt, submission: Any) -> Sequence[Any]:
        """The records that a submission which records something may be about; none for others. Raises Stale."""

    def list_concerned(self, receipt: Receipt, submission: Any) -> Sequence[Any]:
        """The records that any submission may be about. Raises Stale."""

    def decide(self, receipt: Receipt, item: int, submission: Any, now: datetime) -> Decided:
        """The outcome of item ``item`` of ``receipt``. Raises Stale and NeedsHistory."""

    def put(self, decided: Decided) -> None:
        """Apply an outcome: what is decided later sees it."""


Histories: TypeAlias = Mapping[tuple[str, str], Sequence[Any]]
"""The entries of records of one kind, by organization and id."""


class Knowledge(Protocol):
    """What the decisions about one aggregate depend on, as it was loaded for a batch."""

    @property
    def records(self) -> Sequence[Any]:
        """Every record that was found, some perhaps twice."""

    def begin(self, histories: Histories, *, is_guarded: bool) -> Working:
        """What is known when the first receipt is decided.

        ``is_guarded``: what is new takes an identity that only one node can take, where it has none by itself.
        """

    def version_of(self, place: tuple[str, str]) -> int:
        """The version at which a record was loaded."""


class Asked(NamedTuple):
    """A submission, and the receipt that it stands in."""

    receipt: Receipt
    submission: Any


Study: TypeAlias = Callable[[Any, Sequence[Asked], Sequence[tuple[str, Alias]]], Awaitable[Knowledge]]
"""Loads from a store what decisions depend on. The last are names, by organization, that other pending receipts may share."""


def _none(_: Any) -> tuple[()]:
    return ()


def _no_number(_: Any) -> None:
    return None


def _no_effect(_: Any) -> str:
    return ""


def _no_time(_: Any) -> None:
    return None


class RecordEntry(Struct, frozen=True):
    """One applied submission of an aggregate that brings no entry of its own. ``version`` counts those of a record from 1."""

    kind: str
    organization_id: str
    subject_id: str
    version: int
    receipt_id: str
    item: int
    accepted_at: datetime
    recorded_at: datetime
    submission: Any
    actor: Actor | None = None


class Column(NamedTuple):
    """A column of a record's row besides those that all have, with its type in PostgreSQL."""

    name: str
    type: str


class Subtable(Struct, frozen=True):
    """A further table of rows that are made of one record each. ``to_rows`` gives the values of ``columns`` of each.

    Its key is the organization, and what tells a row from the others; deleting a record deletes its rows.
    """

    table: str
    columns: tuple[Column, ...]
    to_rows: Callable[[Any], Iterable[tuple[Any, ...]]]


class Told(NamedTuple):
    """What those who derive something from other kinds hear of an entry, besides the record.

    ``cause`` is a word of ``store.projecting.Cause``. ``repositories`` have their canonical names.
    """

    cause: str
    service_ids: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()


class Keeping(Struct, frozen=True, kw_only=True):
    """How an aggregate is kept: ``entries`` in one table, the records that they make in another, by ``id`` in both.

    ``is_plain``: a record is one row of ``table``, with its ``columns``, by ``to_columns``, before the document, and names in
    ``names``, "" for ``{table}_alias``, each of which only one record has; entries have the ``number`` that they give. Its
    statements are those for every plain aggregate, as are those for its ``parts``. Others bring their own, and subscribe at the
    seam of projections.
    """

    entries: str
    table: str
    id: str
    is_plain: bool = True
    names: str = ""
    columns: tuple[Column, ...] = ()
    to_columns: Callable[[Any], tuple[Any, ...]] = _none
    number: Callable[[Any], int | None] = _no_number
    parts: tuple[Subtable, ...] = ()

    @property
    def table_of_names(self) -> str:
        """The table of the names of records."""
        return self.names or f"{self.table}_alias"


class Following(Struct, frozen=True):
    """That records of one kind follow those of another: what is decided about these asks something of those, as one receipt.

    ``kind`` is that of these. ``name_of`` gives, for the id of one, the name by which its follower is found, if it has one.
    ``asks`` gives what an outcome, of an item of a receipt, asks of the followers. Of that no sender hears a verdict.
    ``may_open``: whether that may record a follower, by what the item says. ``about`` is the id of the one whose follower a
    submission is about.
    """

    kind: str
    name_of: Callable[[str], Alias]
    about: Callable[[Any], str]
    asks: Callable[[Receipt, int, Decided], Iterable[Any]]
    may_open: Callable[[Any], bool]


class Aggregate(Struct, frozen=True, kw_only=True):
    """One kind of record.

    ``kind`` is its word in digests and names, so it never changes. ``submissions`` may be asked of it; those among ``records``
    may record something new, and those among ``patient`` wait ``update_wait`` for the record of what they are about.
    ``names_in`` are the names that a submission concerns: two receipts that may be about the same record share one.
    ``names_of`` are those by which receipts may concern a record; ``known_by`` all by which it is found. ``call`` is the name by
    which a sender tells an item. ``services_in`` are the services that a submission names. ``unknown`` is the reason to reject a
    change of nothing. ``cost`` is what it takes to decide a submission, in characters read.

    ``make_entry`` takes organization, id, version, receipt, item, both times, submission and actor; without it entries are
    ``RecordEntry``. ``state`` is what
    ``fold_history`` makes of all entries of a record: None if those that record it are erased. It raises Damaged, or
    ValueError, where entries do not fold. ``removals`` are the submissions that remove a record, which an erasure does not undo;
    ``effect_of`` is a word for what else of a submission remains when its words are erased, "" for nothing.

    ``follows``: its records follow those of another kind. Then ``study`` is given what is asked of both, and the names of all
    that may follow what was found.

    ``tells`` is what an entry changes for those who derive something from other kinds. ``is_shared``: what was said of a record
    belongs to its organization, so that it stays when one of its senders is erased. ``find_former`` gives what makes records of
    an organization's rows that a version before entries wrote; ``began_at`` says of that since when the record is there, None
    if nobody knows. ``is_first``: what is derived from other kinds depends on it, so
    a rebuild makes it first. ``acts``: the submissions of which an audit tells, where the others are reports that senders make
    all day; None: all of them. That stands in indexes of migrations, too.
    """

    kind: str
    submissions: tuple[type, ...]
    records: tuple[type, ...]
    names_in: Callable[[Any], Iterable[Alias]]
    names_of: Callable[[Any], Iterable[Alias]]
    known_by: Callable[[Any], Iterable[Alias]]
    call: Callable[[Any], str]
    unknown: Reason
    study: Study
    state: type
    fold_history: Callable[[Sequence[Any]], Any]
    keeping: Keeping
    make_entry: Callable[..., Any] | None = None
    removals: tuple[type, ...] = ()
    services_in: Callable[[Any], Iterable[str]] = _none
    patient: tuple[type, ...] = ()
    cost: int = 300
    effect_of: Callable[[Any], str] = _no_effect
    follows: Following | None = None
    tells: Callable[[Any], Told] | None = None
    is_shared: bool = False
    find_former: Callable[[Any, str], Awaitable[Sequence[Any]]] | None = None
    began_at: Callable[[Any], datetime | None] = _no_time
    is_first: bool = False
    acts: tuple[type, ...] | None = None


class Aggregates:
    """Those that a ledger has."""

    def __init__(self, *aggregates: Aggregate) -> None:
        self._by_kind = {one.kind: one for one in aggregates}
        self._by_submission = {submission: one for one in aggregates for submission in one.submissions}
        self._records = frozenset(submission for one in aggregates for submission in one.records)
        self._patient = frozenset(submission for one in aggregates for submission in one.patient)
        self._followers = {
            one.kind: tuple(other for other in aggregates if other.follows is not None and other.follows.kind == one.kind)
            for one in aggregates
        }

    def __iter__(self) -> Iterator[Aggregate]:
        return iter(self._by_kind.values())

    @property
    def kinds(self) -> tuple[str, ...]:
        """Their words, in the order of the registry."""
        return tuple(self._by_kind)

    def __getitem__(self, kind: str) -> Aggregate:
        return self._by_kind[kind]

    def of(self, submission: Any) -> Aggregate:
        """The one that a submission is about."""
        return self._by_submission[type(submission)]

    def followers_of(self, kind: str) -> tuple[Aggregate, ...]:
        """Those whose records follow the records of a kind."""
        return self._followers[kind]

    def may_record(self, submission: Any) -> bool:
        """Whether a submission may record something new."""
        return type(submission) in self._records

    def awaits_record(self, submission: Any) -> bool:
        """Whether a submission waits for the record of what it is about."""
        return type(submission) in self._patient
