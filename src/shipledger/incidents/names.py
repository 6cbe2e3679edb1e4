"""The names by which receipts concern incidents. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from shipledger.incidents.marks import original_alias
from shipledger.incidents.model import ChangeIncident, Incident, IncidentSubmission, MarkIncident, RecordIncident
from shipledger.ledger.submission import Alias


def names_in(submission: IncidentSubmission) -> tuple[Alias, ...]:
    """The names by which the incident of a submission may be found, and those of incidents that a decision about it looks at.

    A mark looks at the incident that it says is repeated: marks that share one are settled one after another, on any node.
    """
    if isinstance(submission, MarkIncident):
        return (*identities_of(submission), *original_alias(submission.marks))
    claims = submission.claims if isinstance(submission, RecordIncident) else ()
    return (*identities_of(submission), *claims)


def identities_of(submission: IncidentSubmission) -> tuple[Alias, ...]:
    """The names that say which incident a submission is about."""
    if isinstance(submission, RecordIncident):
        return submission.identities
    return (Alias(scope=submission.target.scope or "", key=submission.target.key),)


def names_of(incident: Incident) -> tuple[Alias, ...]:
    """The names by which receipts may concern an incident."""
    return incident.names


def call(submission: IncidentSubmission) -> str:
    """A name by which the sender can identify an item."""
    if isinstance(submission, RecordIncident):
        facts, assumed = submission.facts, submission.assumed
        return facts.external_id or assumed.external_id or facts.title or assumed.title or ""
    return submission.target.key


def services_in(submission: IncidentSubmission) -> Iterable[str]:
    """The services that a submission names."""
    return submission.facts.services or () if isinstance(submission, RecordIncident | ChangeIncident) else ()
