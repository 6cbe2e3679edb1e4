"""What decisions about incidents depend on, loaded once for a batch and kept current while it is decided."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from shipledger.found import Found
from shipledger.incidents.decide import Surroundings, decide, name_services
from shipledger.incidents.marks import Cause, list_causes, original_alias
from shipledger.incidents.model import Incident, IncidentSubmission, MarkIncident, RecordIncident
from shipledger.incidents.names import identities_of, names_in
from shipledger.incidents.recognition import find_by_claim, take_claims
from shipledger.incidents.repeat import repeats
from shipledger.ledger.aggregate import Asked, Decided, Histories
from shipledger.ledger.receipt import Receipt
from shipledger.ledger.submission import Alias

RECENT_LIMIT = 500
"""How many recent incidents of an organization are searched for a repeat."""


class Service(Protocol):
    """A service."""

    @property
    def service_id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""


class Reader(Protocol):
    """What of a store is asked."""

    async def load_incidents(self, names: Sequence[tuple[str, Alias]]) -> dict[tuple[str, Alias], Incident]:
        """The incidents that names refer to."""

    async def find_last_incident_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest number by organization."""

    async def scan_incidents(
        self,
        organization_id: str,
        *,
        started_from: datetime | None,
        started_until: datetime | None,
        after: Incident | None,
        limit: int,
    ) -> Found[Incident]:
        """Incidents that started in a time."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with an id, or another name."""

    async def find_known_causes(self, organization_id: str, causes: Collection[Cause]) -> frozenset[Cause]:
        """Those of ``causes`` that are recorded."""


class IncidentKnowledge(Struct, frozen=True):
    """See ``ledger.aggregate.Knowledge``. All but ``named`` is by organization.

    ``causes``: those that marks name and that are recorded.
    """

    named: Mapping[tuple[str, Alias], Incident]
    recent: Mapping[str, Sequence[Incident]]
    numbers: Mapping[str, int]
    services: Mapping[str, Mapping[str, str]]
    causes: Mapping[str, frozenset[Cause]] = {}

    @property
    def records(self) -> Sequence[Incident]:
        return [*self.named.values(), *(one for incidents in self.recent.values() for one in incidents)]

    def begin(self, histories: Histories, *, is_guarded: bool) -> IncidentsAtWork:  # noqa: ARG002  its number guards an incident
        """See Knowledge."""
        return IncidentsAtWork(self)

    def version_of(self, place: tuple[str, str]) -> int:
        return next(one.version for one in self.named.values() if (one.organization_id, one.incident_id) == place)


class IncidentsAtWork:
    """See ``ledger.aggregate.Working``."""

    def __init__(self, known: IncidentKnowledge) -> None:
        self._named = dict(known.named)
        self._recent = {
            organization_id: {incident.incident_id: incident for incident in incidents}
            for organization_id, incidents in known.recent.items()
        }
        self._numbers = dict(known.numbers)
        self._services = known.services
        self._causes = known.causes

    def find_named(self, organization_id: str, alias: Alias) -> Incident | None:
        return self._get(organization_id, alias)

    def list_known(self, receipt: Receipt, submission: IncidentSubmission) -> list[Incident]:
        return self.list_concerned(receipt, submission) if isinstance(submission, RecordIncident) else []

    def list_concerned(self, receipt: Receipt, submission: IncidentSubmission) -> list[Incident]:
        asked = self._name_services(receipt, submission) if isinstance(submission, RecordIncident) else submission
        found = self._find(receipt, asked)
        return [] if found is None else [found]

    def decide(self, receipt: Receipt, item: int, submission: IncidentSubmission, now: datetime) -> Decided:
        organization_id = receipt.organization_id
        services = self._services.get(organization_id, {})
        surroundings = Surroundings(
            number=self._numbers.get(organization_id, 0) + 1,
            services=services,
            causes=self._causes.get(organization_id, frozenset()),
            original=self._find_original(organization_id, submission),
        )
        asked = self._name_services(receipt, submission) if isinstance(submission, RecordIncident) else submission
        current = self._find(receipt, asked)
        if isinstance(asked, RecordIncident):
            asked = take_claims(asked, current, self._find_named(organization_id, asked))
        decision = decide(current, receipt, item, asked, now, surroundings=surroundings)
        if decision.entry is None or decision.incident is None:
            return Decided(decision.verdict)
        return Decided(decision.verdict, entries=(decision.entry,), states=(decision.incident,))

    def _find_original(self, organization_id: str, submission: IncidentSubmission) -> Incident | None:
        aliases = original_alias(submission.marks) if isinstance(submission, MarkIncident) else ()
        return next((found for alias in aliases if (found := self._get(organization_id, alias)) is not None), None)

    def _name_services(self, receipt: Receipt, submission: RecordIncident) -> RecordIncident:
        """``submission`` in full: by the names of its services, too, it is recognized as one sent again."""
        return name_services(submission, self._services.get(receipt.organization_id, {}))

    def put(self, decided: Decided) -> None:
        for incident in decided.states:
            organization_id = incident.organization_id
            self._named.update({(organization_id, name): incident for name in incident.names})
            self._recent.setdefault(organization_id, {})[incident.incident_id] = incident
            self._numbers[organization_id] = max(self._numbers.get(organization_id, 0), incident.number)

    def _find(self, receipt: Receipt, submission: IncidentSubmission) -> Incident | None:
        named = self._find_named(receipt.organization_id, submission)
        current = next((named[name] for name in identities_of(submission) if name in named), None)
        if current is not None or not isinstance(submission, RecordIncident):
            return current
        current = find_by_claim(submission, named)
        if current is not None or not submission.repeats_within:
            return current
        recent = self._recent.get(receipt.organization_id, {}).values()
        return next((incident for incident in recent if repeats(submission, receipt, incident)), None)

    def _get(self, organization_id: str, name: Alias) -> Incident | None:
        incident = self._named.get((organization_id, name))
        return None if incident is None or incident.is_removed else incident

    def _find_named(self, organization_id: str, submission: IncidentSubmission) -> dict[Alias, Incident]:
        """The incidents that have the names in a submission, by name."""
        found = {name: self._get(organization_id, name) for name in names_in(submission)}
        return {name: incident for name, incident in found.items() if incident is not None}


async def study(store: Reader, asked: Sequence[Asked], shared: Sequence[tuple[str, Alias]]) -> IncidentKnowledge:
    """Load what decisions about ``asked`` depend on.

    Numbers are read first: an incident recorded by another node in between takes the next one, which causes a conflict.
    """
    names = {(one.receipt.organization_id, name) for one in asked for name in names_in(one.submission)}
    records = [(one.receipt, one.submission) for one in asked if isinstance(one.submission, RecordIncident)]
    organization_ids = sorted({receipt.organization_id for receipt, _ in records})
    numbers = await store.find_last_incident_numbers(organization_ids) if organization_ids else {}
    return IncidentKnowledge(
        named=await store.load_incidents(sorted({*names, *shared})),
        recent=await _load_recent(store, records),
        numbers=numbers,
        services=await _load_services(store, records),
        causes=await _load_causes(store, asked),
    )


async def _load_recent(store: Reader, records: Iterable[tuple[Receipt, RecordIncident]]) -> dict[str, list[Incident]]:
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


async def _load_causes(store: Reader, asked: Iterable[Asked]) -> dict[str, frozenset[Cause]]:
    wanted: dict[str, dict[Cause, None]] = {}
    for one in asked:
        if isinstance(one.submission, MarkIncident):
            causes = wanted.setdefault(one.receipt.organization_id, {})
            causes.update((cause, None) for _, cause in list_causes(one.submission.marks))
    return {owner: await store.find_known_causes(owner, causes) for owner, causes in wanted.items() if causes}


async def _load_services(store: Reader, records: Iterable[tuple[Receipt, RecordIncident]]) -> dict[str, dict[str, str]]:
    """The names of the services that records require, by organization and id."""
    wanted = {(receipt.organization_id, one) for receipt, submission in records for one in submission.required_services}
    names: dict[str, dict[str, str]] = {}
    for organization_id, service_id in sorted(wanted):
        service = await store.find_service(organization_id, service_id)
        if service is not None and service.service_id == service_id:
            names.setdefault(organization_id, {})[service_id] = service.name
    return names
