"""Tierings, described as an aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.catalog.environment_aliasing import find_fault
from shipledger.catalog.tiering.model import KIND, SUBJECT, ChangeTiers, Tiering, ask_for
from shipledger.catalog.tiers import DEFAULT_POLICY, TierPolicy
from shipledger.ledger.aggregate import Aggregate, Column, Decided, Keeping, RecordEntry, Told
from shipledger.ledger.by_name import Question, Rules, study_by_name
from shipledger.ledger.replay import replay
from shipledger.ledger.submission import Alias
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind

CHANGED_MEANWHILE = "The tiers of this organization were changed in the meantime; check them and try again."
_NAMES = (Alias("", SUBJECT),)


class FormerStore(Protocol):
    """What of a store is asked about rows without entries."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The rules of an organization."""


async def find_former(store: FormerStore, organization_id: str) -> list[ChangeTiers]:
    """What makes the rules of a version that kept them without entries."""
    return [ask_for(DEFAULT_POLICY, await store.find_tier_policy(organization_id))]


def decide(question: Question) -> Decided:
    """The outcome of a change. Total: every question has one. The first change is applied even if it says what stands."""
    asked, receipt = question.submission, question.receipt
    current = question.current or Tiering(receipt.organization_id, 0)
    if asked.expects != current.version:
        return Decided(Verdict(VerdictKind.REJECTED, reason=Reason.CHANGED_MEANWHILE, sentence=CHANGED_MEANWHILE))
    if current.version and current.change(asked) == current:
        return Decided(Verdict(VerdictKind.DUPLICATE, reason=Reason.NOTHING_NEW, subject=SUBJECT))
    if asked.aliases is not UNSET and (fault := find_fault(current.change(asked).aliases)):
        return Decided(Verdict(VerdictKind.REJECTED, reason=Reason.CONTRADICTION, sentence=fault, subject=SUBJECT))
    entry = question.enter(KIND, SUBJECT, asked, after=current)
    return Decided(Verdict(VerdictKind.APPLIED, subject=SUBJECT), entries=(entry,), states=(fold(current, entry),))


def fold(current: Tiering, entry: RecordEntry) -> Tiering:
    """The tiering after ``entry``."""
    return replace(current.change(entry.submission), version=entry.version)


def fold_history(entries: Sequence[RecordEntry]) -> Tiering | None:
    """The tiering that all its entries make; None when they are erased."""
    return replay(entries, lambda current, entry: fold(current or Tiering(entry.organization_id, 0), entry))


def names(_: ChangeTiers | Tiering) -> tuple[Alias, ...]:
    """There is one in each organization."""
    return _NAMES


def call(_: ChangeTiers) -> str:
    """A name by which whoever asks can tell an item."""
    return SUBJECT


def tells(_: RecordEntry) -> Told:
    """Deployments may have other tiers now."""
    return Told("tiers")


def to_columns(tiering: Tiering) -> tuple[int]:
    """What is read as the revision of a policy."""
    return (tiering.version,)


TIERINGS = Aggregate(
    kind=KIND,
    submissions=(ChangeTiers,),
    records=(ChangeTiers,),
    names_in=names,
    names_of=names,
    known_by=names,
    call=call,
    unknown=Reason.NO_MATCH,
    study=study_by_name(Rules(KIND, names, names, decide)),
    state=Tiering,
    fold_history=fold_history,
    keeping=Keeping(
        entries="tiering_entry",
        table="tier_policy",
        id="tiering_id",
        columns=(Column("revision", "integer"),),
        to_columns=to_columns,
    ),
    tells=tells,
    is_shared=True,
    find_former=find_former,
    is_first=True,
)
