"""A kind of record that only tests have: a flag that somebody hoists, recolors and strikes.

This file and its migration, ``toy_aggregate.sql``, are all that a new kind of record needs, besides a line in the registry.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from shipledger.aggregates import AGGREGATES
from shipledger.ledger.aggregate import Aggregate, Aggregates, Column, Decided, Keeping, RecordEntry
from shipledger.ledger.by_name import Question, Rules, study_by_name
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

KIND = "flag"
MIGRATION = Path(__file__).with_suffix(".sql")


class Hoist(Struct, frozen=True, tag="hoist"):
    """Hoist a flag on a mast. There is one of each mast."""

    mast: str
    color: str


class Recolor(Struct, frozen=True, tag="recolor"):
    """Give the flag of a mast another color."""

    mast: str
    color: str


class Strike(Struct, frozen=True, tag="strike"):
    """Take the flag of a mast down."""

    mast: str


class Flag(Struct, frozen=True):
    """A flag as it hangs."""

    organization_id: str
    subject_id: str
    version: int
    mast: str
    color: str
    is_removed: bool = False

    kind: ClassVar[str] = KIND


def names_in(submission: Hoist | Recolor | Strike) -> tuple[Alias, ...]:
    return (Alias(scope="mast", key=submission.mast),)


def known_by(flag: Flag) -> tuple[Alias, ...]:
    return (Alias(scope="", key=flag.subject_id), Alias(scope="mast", key=flag.mast))


def decide(question: Question) -> Decided:
    current, receipt, submission = question.current, question.receipt, question.submission
    if current is None and not isinstance(submission, Hoist):
        verdict = Verdict(
            VerdictKind.REJECTED, reason=Reason.NO_MATCH, sentence="This mast has no flag.", subject=submission.mast
        )
        return Decided(verdict)
    subject_id = current.subject_id if current else f"{receipt.receipt_id}-{question.item}"
    if current is not None and getattr(submission, "color", None) == current.color:
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=subject_id))
    entry = question.enter(KIND, subject_id, submission, after=current)
    flag = fold(current, entry)
    return Decided(Verdict(VerdictKind.APPLIED, subject=subject_id), entries=(entry,), states=(flag,))


def fold(current: Flag | None, entry: RecordEntry) -> Flag:
    said = entry.submission
    if current is None:
        return Flag(entry.organization_id, entry.subject_id, entry.version, said.mast, said.color)
    color = current.color if isinstance(said, Strike) else said.color
    return replace(current, version=entry.version, color=color, is_removed=current.is_removed or isinstance(said, Strike))


def fold_history(entries: Sequence[RecordEntry]) -> Flag | None:
    current: Flag | None = None
    for entry in entries:
        if isinstance(entry.submission, Erased | Erase):
            current = current and replace(current, version=entry.version)
        elif current is not None or isinstance(entry.submission, Hoist):
            current = fold(current, entry)
    return current


def call(submission: Any) -> str:
    return str(submission.mast)


FLAGS = Aggregate(
    kind=KIND,
    submissions=(Hoist, Recolor, Strike),
    records=(Hoist,),
    removals=(Strike,),
    names_in=names_in,
    names_of=known_by,
    known_by=known_by,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names_in, known_by, decide)),
    state=Flag,
    fold_history=fold_history,
    keeping=Keeping(
        entries="flag_entry",
        table="flag",
        id="flag_id",
        columns=(Column("color", "text"),),
        to_columns=lambda flag: (flag.color,),
    ),
)

WITH_FLAGS = Aggregates(*AGGREGATES, FLAGS)
