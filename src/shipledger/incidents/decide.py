"""Decide about one submission on an incident."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from shipledger.incidents.fold import fold, join
from shipledger.incidents.model import Incident, IncidentEntry, IncidentSubmission, RecordIncident
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.verdict import Reason, Verdict, VerdictKind


class IncidentDecision(Struct, frozen=True):
    """The verdict, whose subject is the incident, and the entry to append with the incident after it."""

    verdict: Verdict
    entry: IncidentEntry | None = None
    incident: Incident | None = None


def decide(
    current: Incident | None, receipt: Receipt, item: int, submission: IncidentSubmission, now: datetime
) -> IncidentDecision:
    """The outcome of ``submission``, item ``item`` of ``receipt``, at ``now``. Total: every input has a verdict."""
    if current is None and not isinstance(submission, RecordIncident):
        sentence = "No incident of this organization has this identifier."
        return IncidentDecision(
            Verdict(
                kind=VerdictKind.REJECTED,
                reason=Reason.UNKNOWN_INCIDENT,
                sentence=sentence,
                subject=submission.target.key,
            )
        )
    entry = IncidentEntry(
        organization_id=receipt.organization_id,
        incident_id=current.incident_id if current else _id_of(submission),
        version=current.version + 1 if current else 1,
        receipt_id=receipt.receipt_id,
        item=item,
        accepted_at=receipt.accepted_at,
        recorded_at=now,
        submission=submission,
    )
    joined = join(current, entry)
    verdict = _judge(entry.incident_id, is_changed=joined.is_changed)
    if not joined.is_raised:
        return IncidentDecision(verdict)
    return IncidentDecision(verdict, entry=entry, incident=fold(current, entry))


def _id_of(submission: IncidentSubmission) -> str:
    assert isinstance(submission, RecordIncident)  # noqa: S101  others were rejected without a current incident
    return submission.incident_id


def _judge(incident_id: str, *, is_changed: bool) -> Verdict:
    if is_changed:
        return Verdict(kind=VerdictKind.APPLIED, subject=incident_id)
    return Verdict(
        kind=VerdictKind.DUPLICATE,
        reason=Reason.NOTHING_NEW,
        sentence="Everything in this report was known already.",
        subject=incident_id,
    )
