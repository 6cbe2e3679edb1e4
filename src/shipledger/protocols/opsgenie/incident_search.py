"""Incidents that a query asks for: all of an organization are looked at, and what that may cost is bounded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.incidents.model import Incident
from shipledger.protocols.effort import Effort, TooMuchEffortError
from shipledger.protocols.opsgenie.incident_parameters import IncidentList
from shipledger.protocols.opsgenie.incident_query import Asked, Node, conditions_of, matches, start_bounds
from shipledger.protocols.opsgenie.incident_query.fields import SERVICE_FIELDS
from shipledger.protocols.opsgenie.incident_words import STATUSES, priority_of
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.incidents import IncidentVerbs
from shipledger.verbs.services import ServiceVerbs

SIZE_TO_MATCH = 200
SIZE_TO_SORT = 16
"""What it takes of an incident to compare it with a query, and to sort it, in characters that are looked at."""

SERVICES_AT_ONCE = 500
SERVICES_LIMIT = 20_000
"""How many services are read for a name that ends in ``*``."""

TOO_MUCH_EFFORT = "looks at more than one request may: narrow it by createdAt, or give it fewer terms"
TOO_MANY_SERVICES = f"should name services without '*': there are more than {SERVICES_LIMIT}"


class Verbs(CallVerbs, IncidentVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class Services(Struct, frozen=True):
    """The services that a query may mean: names by id, and ids by name without case."""

    names: Mapping[str, str] = {}
    ids: Mapping[str, str] = {}

    def of(self, incident: Incident) -> list[str]:
        """All by which the services of an incident are known: ids and names as they were sent, and as they are now."""
        ids, names = incident.facts.service_ids or (), incident.facts.services or ()
        current_names = [self.names[one] for one in ids if one in self.names]
        current_ids = [self.ids[key] for key in map(str.casefold, names) if key in self.ids]
        return [*ids, *names, *current_names, *current_ids]


async def search_incidents(ledger: Verbs, organization_id: str, wanted: IncidentList) -> list[Incident]:
    """All incidents that match, in no order: how many there are is part of the answer. Raises Invalid."""
    condition, effort = wanted.condition, Effort()
    services = await _find_services(ledger, organization_id, condition)
    started_from, started_until = start_bounds(condition)

    def keep(page: Sequence[Incident]) -> list[Incident]:
        return [one for one in page if matches(condition, Asked(one, services.of(one)), effort)]

    found: list[Incident] = []
    after: Incident | None = None
    while page := await ledger.scan_incidents(organization_id, started_from, started_until, after):
        try:
            found += await ledger.compute(organization_id, partial(keep, page), size=len(page) * SIZE_TO_MATCH)
        except TooMuchEffortError:
            raise _too_much(TOO_MUCH_EFFORT) from None
        after = page[-1]
    return found


async def cut_page(ledger: Verbs, organization_id: str, found: Sequence[Incident], wanted: IncidentList) -> list[Incident]:
    """The page that is wanted of what was found, in its order."""
    begin = wanted.page.offset

    def cut() -> list[Incident]:
        ordered = sorted(found, key=lambda one: _sort_key(one, wanted.sort), reverse=wanted.is_descending)
        return ordered[begin : begin + wanted.page.limit]

    return await ledger.compute(organization_id, cut, size=len(found) * SIZE_TO_SORT)


async def _find_services(ledger: Verbs, organization_id: str, condition: Node) -> Services:
    """The services that a query names by their ids or names, or all of them where a name ends in ``*``."""
    named = [one for one in conditions_of(condition) if one.field in SERVICE_FIELDS]
    if not any(one.is_prefix for one in named):
        values = list(dict.fromkeys(one.value for one in named))
        ids = dict.fromkeys((await ledger.find_service_ids(organization_id, values)).values() if values else ())
        found = [await ledger.find_service(organization_id, service_id) for service_id in ids]
        return _to_services([(one.service_id, one.name) for one in found if one is not None])
    known: list[tuple[str, str]] = []
    total = 1
    while len(known) < total:
        page, total = await ledger.list_services(organization_id, offset=len(known), limit=SERVICES_AT_ONCE)
        if total > SERVICES_LIMIT:
            raise _too_much(TOO_MANY_SERVICES)
        if not page:
            break
        known += [(one.service_id, one.name) for one in page]
    return _to_services(known)


def _to_services(known: Sequence[tuple[str, str]]) -> Services:
    return Services(names=dict(known), ids={name.casefold(): service_id for service_id, name in known})


def _too_much(text: str) -> Invalid:
    return Invalid("parameters", "The query looks at too much.", fields={"query": text})


def _sort_key(incident: Incident, sort: str) -> tuple[Any, ...]:
    key = _SORT_KEYS.get(sort)
    return (*((key(incident),) if key else ()), incident.started_at, incident.incident_id)


def _title_of(incident: Incident) -> str:
    title = incident.facts.title
    return title.casefold() if isinstance(title, str) else ""


_SORT_KEYS: dict[str, Callable[[Incident], Any]] = {
    "insertedAt": lambda incident: incident.recorded_at,
    "updatedAt": lambda incident: incident.updated_at,
    "tinyId": lambda incident: incident.number,
    "message": _title_of,
    "status": lambda incident: STATUSES[incident.status],
    "priority": priority_of,
}
