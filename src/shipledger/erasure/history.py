"""What erasing some entries of a record leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.submission import (
    ChangeState,
    Correct,
    GiveUp,
    Mark,
    RecordDeployment,
    Separate,
    StateReport,
    UndoCorrection,
)
from shipledger.store.erasure.contract import ErasedEntry, HistoryErasure, SentEntry, Tombstone, entry_tombstone

_BY_HAND = (Mark, Correct, UndoCorrection)
"""What people say of a deployment, which goes with it."""
_ERASER = Actor(ActorKind.COMMAND, "erase")


def plan_erasure(
    aggregate: Aggregate, history: Sequence[SentEntry], *, credential_id: str, reason: str, now: datetime
) -> HistoryErasure | None:
    """How to erase what a credential ("" for any) said in ``history``; None when nothing of it is left.

    Raises Damaged, or ValueError, when the entries do not fold.
    """
    wanted = list_wanted(history, credential_id)
    if not wanted:
        return None
    last = history[-1].entry
    left = [_take_words(aggregate, sent.entry) if sent.entry.version in wanted else sent.entry for sent in history]
    erase = Erase(versions=tuple(sorted(wanted)))
    appended = replace(left[-1], version=last.version + 1, recorded_at=now, submission=erase, actor=_ERASER)
    return HistoryErasure(
        kind=aggregate.kind,
        organization_id=last.organization_id,
        subject_id=last.subject_id,
        erased=tuple(
            ErasedEntry(
                left=_left_of(aggregate, sent.entry),
                tombstone=Tombstone(
                    organization_id=last.organization_id,
                    kind=entry_tombstone(aggregate.kind),
                    subject_id=last.subject_id,
                    version=sent.entry.version,
                    digest=sent.digest,
                    erased_at=now,
                    reason=reason,
                ),
            )
            for sent in history
            if sent.entry.version in wanted
        ),
        appended=appended,
        folded=aggregate.fold_history([*left, appended]),
    )


def list_wanted(history: Sequence[SentEntry], credential_id: str) -> frozenset[int]:
    """The versions of the entries that a credential ("" for any) sent, and of what the ledger says of those reports itself.

    Where nobody else has recorded the deployment, what people said of it goes, too.
    """
    wanted = frozenset(sent.entry.version for sent in history if is_wanted(sent, credential_id))
    orders = {report.order for sent in history if sent.entry.version in wanted and (report := _report_of(sent)) is not None}
    about = (sent for sent in history if isinstance(sent.entry.submission, GiveUp) and sent.entry.submission.order in orders)
    wanted |= frozenset(sent.entry.version for sent in about)
    is_left = any(isinstance(one.entry.submission, RecordDeployment) and one.entry.version not in wanted for one in history)
    by_hand = () if is_left or not wanted else (one for one in history if isinstance(one.entry.submission, _BY_HAND))
    return wanted | frozenset(one.entry.version for one in by_hand)


def _report_of(sent: SentEntry) -> StateReport | None:
    submission = sent.entry.submission
    return submission.state if isinstance(submission, RecordDeployment | ChangeState) else None


def is_wanted(sent: SentEntry, credential_id: str) -> bool:
    """Whether a credential ("" for any) sent this entry, and it is not erased."""
    return credential_id in ("", sent.credential_id) and not isinstance(sent.entry.submission, Erased | Erase)


def _left_of(aggregate: Aggregate, entry: Any) -> Erased:
    separates = entry.submission.versions if isinstance(entry.submission, Separate) else ()
    removes = isinstance(entry.submission, aggregate.removals)
    return Erased(removes=removes, separates=separates, effect=aggregate.effect_of(entry.submission))


def _take_words(aggregate: Aggregate, entry: Any) -> Any:
    return replace(entry, submission=_left_of(aggregate, entry))
