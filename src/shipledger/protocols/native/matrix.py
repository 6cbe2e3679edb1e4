"""What runs where: every service in every environment, now or at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.access.people.known_people import KnownPeople
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import Running, span_of, took_effect_at
from shipledger.ledger.registers import known
from shipledger.ledger.state import State
from shipledger.ledger.submission import Environment
from shipledger.protocols.contract import Route
from shipledger.protocols.native.answers import COMMIT, SENDER, to_person
from shipledger.protocols.native.call import Admission
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, read_cursor
from shipledger.protocols.native.matrix_wire import CellOut, IdleOut, LaterOut, RanOut
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.past import AS_OF, read_as_of, to_knowledge
from shipledger.protocols.native.vocabulary import PREFIX, TIERS
from shipledger.protocols.native.wire import ReleaseOut
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.grid import Grid, GridWish, KnownService, ReadsGrid, commit_of, read_grid

PATH = f"{PREFIX}/matrix"
PARAMETERS = ("at", AS_OF, "service", "text", "team", "tag", "environment", "tier", NAME, LIMIT, FORMAT)
COLUMNS = CellOut.__struct_fields__
DEFAULT_LIMIT = 100
MAX_LIMIT = 500
"""Services of a page."""


class Verbs(CallVerbs, ReadsGrid, Protocol):
    """What is asked of the ledger here."""


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
        now = self._ledger.now()
        wish, media_type = read_wish(parameters, now), choose_type(request, parameters)
        parameters.check()
        besides: dict[str, Any] = {"at": format_known_time(wish.at)}
        grid = await read_grid(self._ledger, organization_id, wish)
        if wish.as_of is not None:
            besides["knowledge"] = to_knowledge(wish.as_of, now, *grid.sources)
        named = {one.service_id: one for one in grid.services}
        running = {(one.service_id, one.environment_key) for one in grid.cells}
        besides["idle"] = [
            to_idle(later, named[place[0]], grid) for place, later in sorted(grid.newer.items()) if place not in running
        ]
        people = await self._ledger.read_known_people(organization_id)
        end = None if grid.is_last or not grid.services else (0, grid.services[-1].draft.name.casefold())

        return await self._list.answer(
            Asked(request, organization_id, parameters, media_type),
            Page(records=grid.cells, end=end),
            lambda one: to_cell(one, named[one.service_id], grid, people),
            besides=besides,
        )


def read_wish(parameters: Parameters, now: datetime) -> GridWish:
    """The page that is wanted. What is wrong is noted in ``parameters``."""
    before = read_cursor(parameters)
    return GridWish(
        at=parameters.time("at"),
        as_of=read_as_of(parameters, now),
        service=parameters.text("service"),
        text=parameters.text("text"),
        team=parameters.text("team"),
        tag=parameters.text("tag"),
        environment=parameters.text("environment"),
        tier=parameters.word("tier", TIERS, {}),
        after="" if before is None else before[1],
        limit=parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT),
    )


def to_cell(cell: Running, service: KnownService, grid: Grid, people: KnownPeople) -> CellOut:
    """A cell of ``grid``. ``people``: whom senders mean."""
    who, repositories = people.find(cell.runs), grid.repositories.get(service.service_id, frozenset())
    runs, place = cell.runs, (cell.service_id, cell.environment_key)
    later, behind = grid.newer.get(place), grid.behind.get(place)
    return CellOut(
        **_to_place(runs.environment, cell.environment, service, grid),
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
        later=None if later is None else _to_later(later, repositories),
        behind_of=None if behind is None else behind.environment,
        behind_commits=None if behind is None else behind.commits,
        behind_issues=None if behind is None else behind.issues,
        ahead_commits=None if behind is None else behind.ahead,
        behind_reason=None if behind is None else behind.reason,
    )


def to_idle(later: Deployment, service: KnownService, grid: Grid) -> IdleOut:
    """A place where nothing runs, though ``later`` was meant to."""
    environment = later.environment
    called = grid.names.call(environment.name) if environment else ""
    repositories = grid.repositories.get(service.service_id, frozenset())
    return IdleOut(**_to_place(environment, called, service, grid), later=_to_later(later, repositories))


def _to_place(environment: Environment | None, called: str, service: KnownService, grid: Grid) -> dict[str, Any]:
    return {
        "service": service.draft.name,
        "service_id": service.service_id,
        "team": service.draft.team_id or None,
        "environment": _id_of(environment, called, grid.names),
        "environment_name": called or None,
        "tier": environment.tier if environment else None,
    }


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


def _to_later(one: Deployment, repositories: frozenset[str]) -> LaterOut:
    return LaterOut(
        id=one.deployment_id,
        external_id=one.external_id,
        state=one.shown_state,
        at=format_time(took_effect_at(one)),
        commit=commit_of(one, repositories),
        version=known(one.facts.version),
    )
