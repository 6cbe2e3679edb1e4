"""What erasing some entries of a record leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from shipledger.incidents.model import MarkIncident, RecordIncident
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.submission import (
    ChangeState,
    Correct,
    GiveUp,
    Hear,
    LetGo,
    Mark,
    RecordDeployment,
    Separate,
    StateReport,
    TakeIn,
    UndoCorrection,
)
from shipledger.store.erasure.contract import ErasedEntry, HistoryErasure, SentEntry, Tombstone, entry_tombstone

_RECORDS = (RecordDeployment, RecordIncident)
_BY_HAND = (Mark, Correct, UndoCorrection, MarkIncident)
"""What people say of a record, which goes with it."""
ERASER = Actor(ActorKind.COMMAND, "erase")


def plan_erasure(
    aggregate: Aggregate,
    history: Sequence[SentEntry],
    *,
    credential_id: str,
    reason: str,
    now: datetime,
    repeated: frozenset[str] | None = None,
) -> HistoryErasure | None:
    """How to erase what a credential ("" for any) said in ``history``; None when nothing of it is left.

    ``repeated``: only what a host repeats of the deployments with these ids.

    Raises Damaged, or ValueError, when the entries do not fold.
    """
    wanted = list_wanted(history, credential_id) if repeated is None else list_repeated(history, repeated)
    if not wanted:
        return None
    last = history[-1].entry
    left = [_take_words(aggregate, sent.entry) if sent.entry.version in wanted else sent.entry for sent in history]
    erase = Erase(versions=tuple(sorted(wanted)))
    appended = replace(left[-1], version=last.version + 1, recorded_at=now, submission=erase, actor=ERASER)
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

    Where nobody else has recorded the deployment or the incident, what people said of it goes, too.
    """
    wanted = frozenset(sent.entry.version for sent in history if is_wanted(sent, credential_id))
    orders = {report.order for sent in history if sent.entry.version in wanted and (report := _report_of(sent)) is not None}
    about = (sent for sent in history if isinstance(said := _said_in(sent), GiveUp) and said.order in orders)
    wanted |= frozenset(sent.entry.version for sent in about)
    by_record: dict[str, list[SentEntry]] = {}
    for sent in history:
        by_record.setdefault(_record_of(sent), []).append(sent)
    return wanted.union(*(_list_by_hand(told, wanted) for told in by_record.values()))


def _list_by_hand(told: Sequence[SentEntry], wanted: frozenset[int]) -> frozenset[int]:
    """The versions of what people said of a record of which nobody's report is left."""
    is_left = any(isinstance(_said_in(one), _RECORDS) and one.entry.version not in wanted for one in told)
    is_meant = any(one.entry.version in wanted for one in told)
    by_hand = (one for one in told if is_meant and not is_left and isinstance(_said_in(one), _BY_HAND))
    return frozenset(one.entry.version for one in by_hand)


def _record_of(sent: SentEntry) -> str:
    """The record of which an entry tells: that of a host tells of others, too."""
    submission = sent.entry.submission
    return submission.witness_id if isinstance(submission, Hear) else ""


def list_repeated(history: Sequence[SentEntry], deployment_ids: frozenset[str]) -> frozenset[int]:
    """The versions of the entries in which a host repeats what some deployments said that are or were merged into it."""
    said = ((sent.entry.version, sent.entry.submission) for sent in history)
    return frozenset(
        version for version, one in said if isinstance(one, Hear | TakeIn | LetGo) and one.witness_id in deployment_ids
    )


def _said_in(sent: SentEntry) -> Any:
    """What an entry says, also where a host repeats it."""
    submission = sent.entry.submission
    return submission.submission if isinstance(submission, Hear) else submission


def _report_of(sent: SentEntry) -> StateReport | None:
    submission = _said_in(sent)
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
