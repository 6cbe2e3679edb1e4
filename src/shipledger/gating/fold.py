"""Fold entries into a gate: the first decision counts, or the end of the deployment if that came before. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from shipledger.clock import from_microseconds
from shipledger.gating.gate import Gate, GateChange, GateStatus
from shipledger.gating.submissions import AskGate, CloseGate, KeepGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.erasure import Erase, Erased


def number_of(entry: RecordEntry) -> int | None:
    """The number that an entry gives: only the first one of a gate does."""
    submission = entry.submission
    return submission.number if entry.version == 1 and isinstance(submission, AskGate | KeepGate) else None


def fold_history(entries: Sequence[RecordEntry]) -> Gate | None:
    """The gate that all its entries make; None when the one that asked for it is erased. Raises ValueError."""
    current: Gate | None = None
    for entry in entries:
        submission = entry.submission
        if current is not None or entry.version == 1 or isinstance(submission, AskGate | KeepGate):
            current = _pass(current, entry) if isinstance(submission, Erased | Erase) else fold(current, entry)
    return current


def fold(current: Gate | None, entry: RecordEntry) -> Gate:
    """The gate after ``entry``. Raises ValueError unless the first one asks for it, or keeps what an earlier version had."""
    submission = entry.submission
    if isinstance(submission, KeepGate):
        return _keep(entry, submission)
    if current is None:
        if not isinstance(submission, AskGate):
            raise ValueError("a gate begins with the submission that asks for it")
        return _open(entry, submission)
    if isinstance(submission, AskGate):
        return replace(current, version=entry.version)
    if isinstance(submission, CloseGate):
        return _change(current, entry, submission.status)
    changed = _change(current, entry, submission.status, submission.reason)
    return replace(changed, names=tuple(sorted({*current.names, *submission.names})))


def _pass(current: Gate | None, entry: RecordEntry) -> Gate | None:
    """Of an erased decision only its outcome is left."""
    if current is None:
        return None
    effect = entry.submission.effect if isinstance(entry.submission, Erased) else ""
    return _change(current, entry, GateStatus(effect)) if effect else replace(current, version=entry.version)


def _open(entry: RecordEntry, asked: AskGate) -> Gate:
    actor = entry.actor
    return Gate(
        organization_id=entry.organization_id,
        deployment_id=asked.deployment_id,
        number=asked.number,
        credential_id=actor.id if actor is not None and actor.kind is ActorKind.CREDENTIAL else "",
        subject=asked.subject,
        status=GateStatus.AWAITING,
        asked_at=entry.recorded_at,
        changed_at=entry.recorded_at,
        gate_id=entry.subject_id,
        version=entry.version,
        changes=(GateChange(status=GateStatus.AWAITING, at=entry.recorded_at, actor=actor),),
    )


def _change(gate: Gate, entry: RecordEntry, status: GateStatus, reason: str = "") -> Gate:
    if gate.status is not GateStatus.AWAITING or status is GateStatus.AWAITING:
        return replace(gate, version=entry.version)
    at = entry.recorded_at
    change = GateChange(status=status, at=at, actor=entry.actor, reason=reason)
    return replace(gate, version=entry.version, status=status, changed_at=at, reason=reason, changes=(*gate.changes, change))


def _keep(entry: RecordEntry, kept: KeepGate) -> Gate:
    """Who asked is known of old, and who decided is not."""
    asked_at, changed_at = from_microseconds(kept.asked_us), from_microseconds(kept.changed_us)
    changes = [GateChange(status=GateStatus.AWAITING, at=asked_at, actor=Actor(ActorKind.CREDENTIAL, kept.credential_id))]
    if kept.status is not GateStatus.AWAITING:
        changes.append(GateChange(status=kept.status, at=changed_at, actor=entry.actor, reason=kept.reason))
    return Gate(
        organization_id=entry.organization_id,
        deployment_id=kept.deployment_id,
        number=kept.number,
        credential_id=kept.credential_id,
        subject=kept.subject,
        status=kept.status,
        asked_at=asked_at,
        changed_at=changed_at,
        reason=kept.reason,
        gate_id=entry.subject_id,
        version=entry.version,
        changes=tuple(changes),
    )
