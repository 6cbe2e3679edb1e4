"""Decide about one submission on an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from shipledger.incidents.fold import IncidentJoin, fold, join
from shipledger.incidents.growth import find_overflow
from shipledger.incidents.marks import Cause, find_contradiction, list_causes
from shipledger.incidents.model import (
    Incident,
    IncidentEntry,
    IncidentSubmission,
    MarkIncident,
    RecordIncident,
    RemoveIncident,
)
from shipledger.ledger.actor import actor_of
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.registers import known
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


class IncidentDecision(Struct, frozen=True):
    """The verdict, whose subject is the incident, and the entry to append with the incident after it."""

    verdict: Verdict
    entry: IncidentEntry | None = None
    incident: Incident | None = None


class Surroundings(Struct, frozen=True):
    """What else a decision may depend on: the ``number`` of an incident that is new, and the names of known services by id.

    ``causes``: those that a mark names and that are recorded. ``original``: the incident that a mark says is repeated.
    """

    number: int = 0
    services: Mapping[str, str] = {}
    causes: frozenset[Cause] = frozenset()
    original: Incident | None = None


ALONE = Surroundings()
"""No services, and no number for an incident that is new."""


def decide(
    current: Incident | None,
    receipt: Receipt,
    item: int,
    submission: IncidentSubmission,
    now: datetime,
    *,
    surroundings: Surroundings = ALONE,
) -> IncidentDecision:
    """The outcome of ``submission``, item ``item`` of ``receipt``, at ``now``. Total: every input has a verdict."""
    refusal = _refuse(current, submission, surroundings)
    if refusal is not None:
        return IncidentDecision(refusal)
    if isinstance(submission, RecordIncident):
        submission = replace(submission, number=current.number if current else surroundings.number)
    entry = IncidentEntry(
        organization_id=receipt.organization_id,
        incident_id=current.incident_id if current else _id_of(submission),
        version=current.version + 1 if current else 1,
        receipt_id=receipt.receipt_id,
        item=item,
        accepted_at=receipt.accepted_at,
        recorded_at=now,
        submission=submission,
        actor=actor_of(receipt),
    )
    joined = join(current, entry)
    contradiction = find_contradiction(joined.incident.marks) if isinstance(submission, MarkIncident) else ""
    if contradiction:
        return IncidentDecision(_reject(Reason.CONTRADICTION, contradiction, entry.incident_id))
    verdict = _judge(entry.incident_id, joined, submission)
    if not joined.is_raised:
        return IncidentDecision(verdict)
    overflow = find_overflow(current, joined.incident)
    if overflow:
        return IncidentDecision(_reject(Reason.TOO_LARGE, overflow, entry.incident_id))
    return IncidentDecision(verdict, entry=entry, incident=fold(current, entry))


def name_services(submission: RecordIncident, services: Mapping[str, str]) -> RecordIncident:
    """``submission`` with the names of the services that it requires, as far as they are known."""
    if not submission.required_services:
        return submission
    names = tuple(services[service_id] for service_id in submission.required_services if service_id in services)
    return replace(submission, assumed=replace(submission.assumed, services=names, service_ids=submission.required_services))


def _refuse(current: Incident | None, submission: IncidentSubmission, surroundings: Surroundings) -> Verdict | None:
    if isinstance(submission, RecordIncident):
        unknown = [service_id for service_id in submission.required_services if service_id not in surroundings.services]
        if not unknown:
            return None
        return _reject(Reason.UNKNOWN_SERVICE, f"No service of this organization has the id {unknown[0]}.", unknown[0])
    if current is not None:
        return _refuse_mark(current, submission, surroundings) if isinstance(submission, MarkIncident) else None
    return _reject(Reason.UNKNOWN_INCIDENT, "No incident of this organization has this identifier.", submission.target.key)


def _refuse_mark(current: Incident, mark: MarkIncident, surroundings: Surroundings) -> Verdict | None:
    """The refusal of a mark that names what is not recorded, or would close a circle of duplicates.

    What is a duplicate itself is no original. So no circle can close: its last link would name a duplicate.
    """
    for name, cause in list_causes(mark.marks):
        if cause not in surroundings.causes:
            what = "deployment with the id" if cause.deployment_id else "commit"
            return _reject(Reason.UNKNOWN_TARGET, f"There is no {what} {cause.words}, which {name} names.", cause.words)
    original_id = known(mark.marks.duplicate_of)
    if original_id is None:
        return None
    original = surroundings.original
    if original is None:
        sentence = f"There is no incident with the id {original_id}, which duplicate_of names."
        return _reject(Reason.UNKNOWN_TARGET, sentence, original_id)
    if original_id == current.incident_id:
        return _reject(Reason.CONTRADICTION, "An incident cannot be a duplicate of itself.", original_id)
    further = known(original.marks.duplicate_of)
    if further is None:
        return None
    sentence = f"The incident {original_id} is itself a duplicate of {further}. Name an incident that is none, or withdraw that."
    return _reject(Reason.CONTRADICTION, sentence, original_id)


def _reject(reason: Reason, sentence: str, subject: str) -> Verdict:
    return Verdict(kind=VerdictKind.REJECTED, reason=reason, sentence=sentence, subject=subject)


def _id_of(submission: IncidentSubmission) -> str:
    assert isinstance(submission, RecordIncident)  # noqa: S101  others were rejected without a current incident
    return submission.incident_id


def _judge(incident_id: str, joined: IncidentJoin, submission: IncidentSubmission) -> Verdict:
    if joined.is_changed:
        left_out = "" if isinstance(submission, RemoveIncident) else submission.left_out
        return Verdict(kind=VerdictKind.APPLIED, sentence=left_out, subject=incident_id)
    if joined.is_outranked:
        return Verdict(
            kind=VerdictKind.SUPERSEDED,
            reason=Reason.OLDER_FACTS,
            sentence="Newer values are known for everything in this report.",
            subject=incident_id,
        )
    return Verdict(
        kind=VerdictKind.DUPLICATE,
        reason=Reason.NOTHING_NEW,
        sentence="Everything in this report was already known.",
        subject=incident_id,
    )
