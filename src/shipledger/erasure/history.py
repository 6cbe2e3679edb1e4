"""What erasing some entries of a deployment or an incident leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from shipledger.incidents.fold import fold_history as fold_incident
from shipledger.incidents.model import Incident, IncidentEntry, RemoveIncident
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.erasure import Erase, Erased
from shipledger.ledger.history import fold_history
from shipledger.ledger.submission import ChangeState, GiveUp, RecordDeployment, Remove, Separate, StateReport
from shipledger.store.erasure_contract import ErasedEntry, HistoryErasure, SentEntry, Subject, Tombstone, TombstoneKind

_ERASER = Actor(ActorKind.COMMAND, "erase")

_KINDS: dict[Subject, TombstoneKind] = {
    Subject.DEPLOYMENT: TombstoneKind.DEPLOYMENT_ENTRY,
    Subject.INCIDENT: TombstoneKind.INCIDENT_ENTRY,
}


def plan_erasure(
    subject: Subject, history: Sequence[SentEntry], *, credential_id: str, reason: str, now: datetime
) -> HistoryErasure | None:
    """How to erase what a credential ("" for any) said in ``history``; None when nothing of it is left.

    Raises Damaged when the entries do not make a deployment.
    """
    wanted = list_wanted(history, credential_id)
    if not wanted:
        return None
    last = history[-1].entry
    place = last.deployment_id if isinstance(last, Entry) else last.incident_id
    left = [_take_words(sent.entry) if sent.entry.version in wanted else sent.entry for sent in history]
    erase = Erase(versions=tuple(sorted(wanted)))
    appended = replace(left[-1], version=last.version + 1, recorded_at=now, submission=erase, actor=_ERASER)
    return HistoryErasure(
        subject=subject,
        organization_id=last.organization_id,
        subject_id=place,
        erased=tuple(
            ErasedEntry(
                left=_left_of(sent.entry),
                tombstone=Tombstone(
                    organization_id=last.organization_id,
                    kind=_KINDS[subject],
                    subject_id=place,
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
        folded=_fold(subject, [*left, appended]),
    )


def list_wanted(history: Sequence[SentEntry], credential_id: str) -> frozenset[int]:
    """The versions of the entries that a credential ("" for any) sent, and of what the ledger says of those reports itself."""
    wanted = frozenset(sent.entry.version for sent in history if is_wanted(sent, credential_id))
    orders = {report.order for sent in history if sent.entry.version in wanted and (report := _report_of(sent)) is not None}
    about = (sent for sent in history if isinstance(sent.entry.submission, GiveUp) and sent.entry.submission.order in orders)
    return wanted | frozenset(sent.entry.version for sent in about)


def _report_of(sent: SentEntry) -> StateReport | None:
    submission = sent.entry.submission
    return submission.state if isinstance(submission, RecordDeployment | ChangeState) else None


def is_wanted(sent: SentEntry, credential_id: str) -> bool:
    """Whether a credential ("" for any) sent this entry, and it is not erased."""
    return credential_id in ("", sent.credential_id) and not isinstance(sent.entry.submission, Erased | Erase)


def _left_of(entry: Entry | IncidentEntry) -> Erased:
    separates = entry.submission.versions if isinstance(entry.submission, Separate) else ()
    return Erased(removes=isinstance(entry.submission, Remove | RemoveIncident), separates=separates)


def _take_words(entry: Entry | IncidentEntry) -> Entry | IncidentEntry:
    return replace(entry, submission=_left_of(entry))


def _fold(subject: Subject, entries: Sequence[Entry | IncidentEntry]) -> Deployment | Incident | None:
    if subject is Subject.DEPLOYMENT:
        return fold_history([entry for entry in entries if isinstance(entry, Entry)])
    return fold_incident([entry for entry in entries if isinstance(entry, IncidentEntry)])
