"""What runs where: every service in every environment, now or at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.catalog.services.model import ServiceRecord
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames, is_in
from shipledger.ledger.lanes import Running, span_of
from shipledger.ledger.past import Sources
from shipledger.ledger.registers import known
from shipledger.ledger.state import State, Tier
from shipledger.ledger.submission import Environment
from shipledger.protocols.contract import Route
from shipledger.protocols.native.answers import COMMIT, SENDER, to_person
from shipledger.protocols.native.call import Admission
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.matrix_wire import CellOut, RanOut
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, read_as_of, to_knowledge
from shipledger.protocols.native.vocabulary import PREFIX, TIERS
from shipledger.protocols.native.wire import ReleaseOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.catalog import CatalogVerbs
from shipledger.verbs.matrix import MatrixVerbs
from shipledger.verbs.past import PastVerbs
from shipledger.verbs.services import ServiceVerbs

PATH = f"{PREFIX}/matrix"
PARAMETERS = ("at", AS_OF, "service", "team", "environment", "tier", NAME, LIMIT, FORMAT)
COLUMNS = CellOut.__struct_fields__
DEFAULT_LIMIT = 100
MAX_LIMIT = 500
"""Services of a page."""


class Verbs(CallVerbs, CatalogVerbs, MatrixVerbs, PastVerbs, ServiceVerbs, Protocol):
    """What is asked of the ledger here."""


class Wanted(Struct, frozen=True):
    """The page that is wanted. "" and None do not restrict; texts compare without case."""

    at: datetime | None
    service: str
    team: str
    environment: str
    tier: Tier | None
    before: Place | None
    limit: int

    def has(self, cell: Running, names: EnvironmentNames) -> bool:
        """Whether a cell is shown. ``names``: those of environments."""
        environment = cell.runs.environment
        if self.tier is not None and (environment is None or environment.tier is not self.tier):
            return False
        return not self.environment or is_in(environment, self.environment, names)


Known: TypeAlias = Service | ServiceRecord
"""A service as it is, or as it was known."""


class Rows(Struct, frozen=True):
    """The services of a page, by name, with what ran of them and the keys of their repositories.

    ``is_last``: no service comes after them. ``names``: those of environments.
    """

    services: Sequence[Known]
    is_last: bool
    cells: Sequence[Running]
    repositories: Mapping[str, frozenset[str]]
    names: EnvironmentNames


class MatrixOperations:
    """The operation on the matrix."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "cells", COLUMNS, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operation."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.read_page), base=PREFIX),)

    async def read_page(self, request: Request, grant: Grant) -> Response:
        """200 with the cells of a page of services, by name; another page begins where its cursor says."""
        organization_id = grant.organization_id
        parameters = Parameters(request.query_params, PARAMETERS)
        wanted, media_type = read_wanted(parameters), choose_type(request, parameters)
        now = self._ledger.now()
        as_of = read_as_of(parameters, now)
        parameters.check()
        besides: dict[str, Any] = {"at": format_known_time(wanted.at)}
        if as_of is None:
            rows = await self._read_rows(organization_id, wanted)
        else:
            rows, sources = await self._read_past_rows(organization_id, wanted, as_of)
            besides["knowledge"] = to_knowledge(as_of, now, *sources)
        named = {one.service_id: one for one in rows.services}
        order = {service_id: place for place, service_id in enumerate(named)}
        shown = sorted(
            (one for one in rows.cells if wanted.has(one, rows.names)),
            key=lambda one: (order[one.service_id], one.environment_key),
        )
        people = await self._ledger.read_known_people(organization_id)
        end = None if rows.is_last or not rows.services else (0, rows.services[-1].draft.name.casefold())

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            Page(records=shown, end=end),
            lambda one: to_cell(one, named[one.service_id], rows, people),
            besides=besides,
        )

    async def _read_rows(self, organization_id: str, wanted: Wanted) -> Rows:
        services, is_last = await self._find_services(organization_id, wanted)
        cells = await self._ledger.list_running(organization_id, [one.service_id for one in services], at=wanted.at)
        repositories = await self._find_repositories(organization_id) if cells else {}
        policy = await self._ledger.find_tier_policy(organization_id)
        return Rows(services, is_last, cells, repositories, policy.names)

    async def _read_past_rows(self, organization_id: str, wanted: Wanted, as_of: datetime) -> tuple[Rows, Sequence[Sources]]:
        """The same by what was known, and where that is from."""
        past = await self._ledger.read_services_as_of(organization_id, as_of)
        tiers = await self._ledger.find_tiers_as_of(organization_id, as_of)
        found = past.find(wanted.service) if wanted.service else None
        candidates = past.services if not wanted.service else () if found is None else (found,)
        after = "" if wanted.before is None else wanted.before[1]
        services = [one for one in candidates if _is_of(one, wanted.team) and one.draft.name.casefold() > after]
        shown = services[: wanted.limit]
        cells = await self._ledger.list_running_as_of(organization_id, past, shown, tiers.policy, at=wanted.at, as_of=as_of)
        repositories = {
            service_id: frozenset(map(repository_key, names.values())) for service_id, names in past.repositories.items()
        }
        return Rows(shown, len(shown) == len(services), cells, repositories, tiers.policy.names), (tiers.sources, past.sources)

    async def _find_services(self, organization_id: str, wanted: Wanted) -> tuple[list[Service], bool]:
        """The services of the page, and whether none comes after them."""
        if wanted.service:
            ids = await self._ledger.find_service_ids(organization_id, [wanted.service])
            found = await self._ledger.find_service(organization_id, ids[wanted.service]) if ids else None
            return ([found] if found is not None and _is_of(found, wanted.team) else []), True
        services: list[Service] = []
        after = "" if wanted.before is None else wanted.before[1]
        at_once = wanted.limit + 1
        while len(services) <= wanted.limit:
            page = await self._ledger.list_services_after(organization_id, after, limit=at_once, team=wanted.team)
            services += page
            if page.total < at_once or not page:
                break
            after = page[-1].name.casefold()
        return services[: wanted.limit], len(services) <= wanted.limit

    async def _find_repositories(self, organization_id: str) -> Mapping[str, frozenset[str]]:
        """The keys of the repositories of every service."""
        keys: dict[str, set[str]] = {}
        for one in await self._ledger.list_mappings(organization_id):
            keys.setdefault(one.service_id, set()).add(repository_key(one.repository))
        return {service_id: frozenset(found) for service_id, found in keys.items()}


def read_wanted(parameters: Parameters) -> Wanted:
    """The page that is wanted. What is wrong is noted in ``parameters``."""
    return Wanted(
        at=parameters.time("at"),
        service=parameters.text("service"),
        team=parameters.text("team"),
        environment=parameters.text("environment"),
        tier=parameters.word("tier", TIERS, {}),
        before=read_cursor(parameters),
        limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
    )


def to_cell(cell: Running, service: Known, rows: Rows, people: KnownPeople) -> CellOut:
    """A cell of ``rows``. ``people``: whom senders mean."""
    who, repositories = people.find(cell.runs), rows.repositories.get(service.service_id, frozenset())
    runs, environment = cell.runs, cell.runs.environment
    return CellOut(
        service=service.draft.name,
        service_id=service.service_id,
        team=service.draft.team_id or None,
        environment=_id_of(environment, cell.environment, rows.names),
        environment_name=cell.environment or None,
        tier=environment.tier if environment else None,
        id=runs.deployment_id,
        external_id=runs.external_id,
        commit=commit_of(runs, repositories),
        version=known(runs.facts.version),
        state=State.SUCCESSFUL,  # whatever became of it later
        since=format_time(cell.since),
        actor=known(runs.facts.actor),
        releases=tuple(ReleaseOut(repository=one.repository, commit=one.commit) for one in runs.releases),
        before=None if cell.before is None else _to_ran(cell.before, repositories),
        person=to_person(who),
        actor_from=None if who is None else COMMIT if who.commit else SENDER,
    )


def _id_of(environment: Environment | None, called: str, names: EnvironmentNames) -> str | None:
    """The id by which the sender of what runs knows an environment; of one that has several names, its name."""
    if environment is None:
        return None
    return (called if names.has_several(called) else environment.id) or None


def _to_ran(one: Deployment, repositories: frozenset[str]) -> RanOut:
    span = span_of(one)
    return RanOut(
        id=one.deployment_id,
        external_id=one.external_id,
        commit=commit_of(one, repositories),
        version=known(one.facts.version),
        since=format_time(one.placed_at if span is None else span.since),
    )


def commit_of(one: Deployment, repositories: frozenset[str]) -> str | None:
    """The commit of the first of these repositories, by their keys, else of the first one; None if none was reported."""
    own = (release.commit for release in one.releases if repository_key(release.repository) in repositories)
    return next(own, one.releases[0].commit if one.releases else None)


def _is_of(service: Known, team: str) -> bool:
    return not team or service.draft.team_id.casefold() == team.casefold()
