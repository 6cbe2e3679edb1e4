"""The projects whose issues deployments name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant, Scope
from shipledger.ledger.titles import title_of
from shipledger.protocols.contract import Route
from shipledger.protocols.native.call import Admission
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, read_cursor
from shipledger.protocols.native.describing import operation, paging
from shipledger.protocols.native.pages import Asked, Page, PagedList, choose_type
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.projects import Project
from shipledger.verbs.pull_requests import PullRequestVerbs

PATH = f"{PREFIX}/projects"
DEFAULT_LIMIT = 100
MAX_LIMIT = 500


class Verbs(CallVerbs, PullRequestVerbs, Protocol):
    """What is asked of the ledger here."""


class ProjectOut(Struct, frozen=True):
    """A project, and its newest deployment; that one's members are null where it cannot be read."""

    project: str
    latest_id: str | None
    latest_title: str | None
    latest_state: str | None
    latest_started_at: str | None


class ProjectsOut(Struct, frozen=True):
    """A page of projects by key."""

    projects: tuple[ProjectOut, ...]
    next_cursor: str | None


class ProjectOperations:
    """The operation."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._list = PagedList(ledger, "projects", ProjectOut.__struct_fields__, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operations."""
        return (Route("GET", PATH, self._admission.endpoint(Scope.READ, self.list_page), base=PREFIX),)

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page, by key."""
        parameters = Parameters(request.query_params, (NAME, LIMIT, FORMAT))
        place = read_cursor(parameters)
        limit = parameters.number(LIMIT, default=DEFAULT_LIMIT, maximum=MAX_LIMIT)
        media_type = choose_type(request, parameters)
        parameters.check()
        found = await self._ledger.list_projects(grant.organization_id, after=place[1] if place else "", limit=limit)
        page = Page(records=found.projects, end=(0, found.end) if found.end else None)
        return await self._list.answer(Asked(request, grant.organization_id, parameters, media_type), page, to_project)


def to_project(one: Project) -> ProjectOut:
    """A project as it is answered, here and by commands."""
    latest = one.latest
    if latest is None:
        return ProjectOut(one.key, None, None, None, None)
    started_at = format_known_time(latest.started_at)
    return ProjectOut(one.key, latest.deployment_id, title_of(latest), latest.shown_state, started_at)


def project_paths() -> dict[str, Any]:
    """The part of the OpenAPI page that describes it."""
    page = "A page by key, which may have fewer than asked for though others follow: `next_cursor` and `Link` lead to these."
    listed = operation(
        "List the projects whose issues deployments name",
        {200: (page, ProjectsOut)},
        errors=(422,),
        parameters=paging(DEFAULT_LIMIT, MAX_LIMIT),
        is_table=True,
    )
    return {PATH: {"get": listed}}
