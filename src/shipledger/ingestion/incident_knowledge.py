"""The data for decisions about incidents, loaded once per batch and updated while it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from shipledger.incidents.model import Incident, IncidentSubmission, RecordIncident
from shipledger.incidents.recognition import find_by_claim, take_claims
from shipledger.incidents.repeat import repeats
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias
from shipledger.store.contract import Store

RECENT_LIMIT = 500
"""How many recent incidents of an organization are searched for a repeat."""

Concerned = Sequence[tuple[Receipt, IncidentSubmission]]


class Knowledge:
    """Incidents by name, recent incidents, last numbers and service names, each by organization."""

    def __init__(
        self,
        *,
        named: Mapping[tuple[str, Alias], Incident],
        recent: Mapping[str, Sequence[Incident]],
        numbers: Mapping[str, int],
        services: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._named = dict(named)
        self._recent = {
            organization_id: {incident.incident_id: incident for incident in incidents}
            for organization_id, incidents in recent.items()
        }
        self._numbers = dict(numbers)
        self._services = services

    def services_of(self, organization_id: str) -> Mapping[str, str]:
        """The names of the existing services, by id."""
        return self._services.get(organization_id, {})

    def next_number(self, organization_id: str) -> int:
        """The number of the next incident that is new."""
        return self._numbers.get(organization_id, 0) + 1

    def find(self, receipt: Receipt, submission: IncidentSubmission) -> Incident | None:
        """The incident that ``submission`` concerns, or None."""
        named = self._find_named(receipt.organization_id, submission)
        current = next((named[name] for name in _identities_of(submission) if name in named), None)
        if current is not None or not isinstance(submission, RecordIncident):
            return current
        current = find_by_claim(submission, named)
        if current is not None or not submission.repeats_within:
            return current
        recent = self._recent.get(receipt.organization_id, {}).values()
        return next((incident for incident in recent if repeats(submission, receipt, incident)), None)

    def knows(self, organization_id: str, alias: Alias) -> bool:
        """Whether a name currently refers to an incident."""
        return self._get(organization_id, alias) is not None

    def take_claims(self, organization_id: str, submission: IncidentSubmission, current: Incident | None) -> IncidentSubmission:
        """``submission`` with the identities it gets on ``current``."""
        if not isinstance(submission, RecordIncident):
            return submission
        return take_claims(submission, current, self._find_named(organization_id, submission))

    def put(self, incident: Incident) -> None:
        """Apply the outcome of a decision."""
        organization_id = incident.organization_id
        self._named.update({(organization_id, name): incident for name in incident.names})
        self._recent.setdefault(organization_id, {})[incident.incident_id] = incident
        self._numbers[organization_id] = max(self._numbers.get(organization_id, 0), incident.number)

    def _get(self, organization_id: str, name: Alias) -> Incident | None:
        incident = self._named.get((organization_id, name))
        return None if incident is None or incident.is_removed else incident

    def _find_named(self, organization_id: str, submission: IncidentSubmission) -> dict[Alias, Incident]:
        """The incidents that have the names in a submission, by name."""
        found = {name: self._get(organization_id, name) for name in names_of(submission)}
        return {name: incident for name, incident in found.items() if incident is not None}


async def load_knowledge(store: Store, concerned: Concerned) -> Knowledge:
    """Load the data for decisions about ``concerned``.

    Numbers are read first: an incident recorded by another node in between takes the next one, which causes a conflict.
    """
    names = {(receipt.organization_id, name) for receipt, submission in concerned for name in names_of(submission)}
    records = [(receipt, submission) for receipt, submission in concerned if isinstance(submission, RecordIncident)]
    numbers = await store.find_last_incident_numbers(sorted({receipt.organization_id for receipt, _ in records}))
    return Knowledge(
        named=await store.load_incidents(sorted(names)),
        recent=await _load_recent(store, records),
        numbers=numbers,
        services=await _load_services(store, records),
    )


def names_of(submission: IncidentSubmission) -> tuple[Alias, ...]:
    """The names by which the incident of ``submission`` may be found."""
    claims = submission.claims if isinstance(submission, RecordIncident) else ()
    return (*_identities_of(submission), *claims)


def _identities_of(submission: IncidentSubmission) -> tuple[Alias, ...]:
    if isinstance(submission, RecordIncident):
        return submission.identities
    return (Alias(scope=submission.target.scope or "", key=submission.target.key),)


async def _load_recent(store: Store, records: Iterable[tuple[Receipt, RecordIncident]]) -> dict[str, list[Incident]]:
    """The incidents that records may repeat, by organization."""
    windows: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for receipt, submission in records:
        if submission.repeats_within:
            within = timedelta(seconds=submission.repeats_within)
            for basis, moment in (("time", receipt.accepted_at), ("order", receipt.ordered_at)):
                begin, end = moment - within, moment + within
                known = windows.get((receipt.organization_id, basis), (begin, end))
                windows[receipt.organization_id, basis] = (min(known[0], begin), max(known[1], end))
    recent: dict[str, list[Incident]] = {}
    for organization_id, (begin, end) in dict.fromkeys((owner, _whole(window)) for (owner, _), window in windows.items()):
        recent.setdefault(organization_id, []).extend(
            await store.scan_incidents(organization_id, started_from=begin, started_until=end, after=None, limit=RECENT_LIMIT)
        )
    return recent


def _whole(window: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """In whole seconds: normally order and time differ by a microsecond, so one query serves both."""
    begin, end = window
    return begin.replace(microsecond=0), end.replace(microsecond=0) + timedelta(seconds=1)


async def _load_services(store: Store, records: Iterable[tuple[Receipt, RecordIncident]]) -> dict[str, dict[str, str]]:
    """The names of the services that records require, by organization and id."""
    wanted = {(receipt.organization_id, one) for receipt, submission in records for one in submission.required_services}
    names: dict[str, dict[str, str]] = {}
    for organization_id, service_id in sorted(wanted):
        service = await store.find_service(organization_id, service_id)
        if service is not None and service.service_id == service_id:
            names.setdefault(organization_id, {})[service_id] = service.name
    return names
