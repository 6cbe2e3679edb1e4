"""What inboxes leave out, described as an aggregate."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.catalog.ignoring.model import KIND, NAMES_LIMIT, SUBJECT, ChangeIgnored, Ignoring
from shipledger.ledger.aggregate import Aggregate, Decided, Keeping, RecordEntry
from shipledger.ledger.by_name import Question, Rules, study_by_name
from shipledger.ledger.replay import replay
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

TOO_MANY = f"An organization can ignore at most {NAMES_LIMIT:,} names."
_NAMES = (Alias("", SUBJECT),)


def decide(question: Question) -> Decided:
    """The outcome of a change. Total: every question has one. Its entry has only what differs from what stands."""
    current = question.current or Ignoring(question.receipt.organization_id, 0)
    names = {key: name for key, name in question.submission.names.items() if current.names.get(key) != name}
    if not names:
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=SUBJECT))
    if len(current.change(names).names) > NAMES_LIMIT:
        return Decided(Verdict(VerdictKind.REJECTED, reason=Reason.TOO_LARGE, sentence=TOO_MANY, subject=SUBJECT))
    entry = question.enter(KIND, SUBJECT, ChangeIgnored(names), after=current)
    return Decided(Verdict(VerdictKind.APPLIED, subject=SUBJECT), entries=(entry,), states=(fold(current, entry),))


def fold(current: Ignoring, entry: RecordEntry) -> Ignoring:
    """What is ignored after ``entry``."""
    return replace(current.change(entry.submission.names), version=entry.version)


def fold_history(entries: Sequence[RecordEntry]) -> Ignoring | None:
    """What all entries together ignore; None when they are erased."""
    return replay(entries, lambda current, entry: fold(current or Ignoring(entry.organization_id, 0), entry))


def names(_: ChangeIgnored | Ignoring) -> tuple[Alias, ...]:
    """There is one in each organization."""
    return _NAMES


def call(_: ChangeIgnored) -> str:
    """A name by which whoever asks can tell an item."""
    return SUBJECT


IGNORINGS = Aggregate(
    kind=KIND,
    submissions=(ChangeIgnored,),
    records=(ChangeIgnored,),
    names_in=names,
    names_of=names,
    known_by=names,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names, names, decide)),
    state=Ignoring,
    fold_history=fold_history,
    keeping=Keeping(entries="ignoring_entry", table="ignoring", id="ignoring_id"),
    is_shared=True,
)
