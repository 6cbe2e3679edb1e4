"""Erasure of deployments that are merged: what is left stands by itself, and no host repeats what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from shipledger.erasure.history import ERASER
from shipledger.ledger.deployment import Deployment, Entry
from shipledger.ledger.erasure import Erased
from shipledger.ledger.history import fold_history, host_in_effect
from shipledger.ledger.submission import LetGo, Merge, Split, Submission, Target
from shipledger.store.erasure.contract import HistoryErasure, SentEntry

_REASON = "Its host was erased."
_SOURCE = "shipledger"


def list_merged(history: Sequence[SentEntry]) -> list[str]:
    """The ids of the records that are merged into one with this history."""
    folded = fold_history([sent.entry for sent in history]) if history else None
    return [] if folded is None else [one.deployment_id for one in folded.told[1:]]


def list_hosts(history: Sequence[SentEntry]) -> list[str]:
    """The ids of all records into which one with this history is or was merged: they repeat what it said."""
    found = (_host_in(sent.entry.submission) for sent in history)
    return [one for one in dict.fromkeys(found) if one]


def _host_in(submission: Any) -> str:
    if isinstance(submission, Merge):
        return submission.into
    return host_in_effect(submission.effect) if isinstance(submission, Erased) else ""


def plan_parting(host: Sequence[SentEntry], merged: Iterable[Sequence[SentEntry]], *, now: datetime) -> list[HistoryErasure]:
    """How to split all that is ``merged`` from a host of which nothing will be left. No words go by that."""
    plans, entries = [], [sent.entry for sent in host]
    for history in merged:
        own: list[Entry] = [sent.entry for sent in history]
        deployment = fold_history(own) if own else None
        if deployment is None or deployment.merged_into != entries[0].deployment_id:
            continue
        target = Target(key=deployment.deployment_id)
        plans.append(_append(own, Split(source=_SOURCE, target=target, reason=_REASON), now))
        plans.append(_append(entries, LetGo(source=_SOURCE, witness_id=deployment.deployment_id, reason=_REASON), now))
        entries.append(plans[-1].appended)
    return plans


def _append(entries: Sequence[Entry], submission: Submission, now: datetime) -> HistoryErasure:
    last = entries[-1]
    appended = replace(last, version=last.version + 1, recorded_at=now, submission=submission, actor=ERASER)
    return HistoryErasure(
        kind=Deployment.kind,
        organization_id=last.organization_id,
        subject_id=last.deployment_id,
        erased=(),
        appended=appended,
        folded=fold_history([*entries, appended]),
    )
