"""``/projects``: the projects whose issues deployments name, each with its newest deployment."""

from __future__ import annotations

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.http.viewer import viewer_of
from shipledger.verbs.projects import list_projects
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.frame import Frame, url_with
from shipledger.web.pages.issue import clean_key
from shipledger.web.pages.issue_links import key_words_of
from shipledger.web.pages.rows import DeploymentRow, to_row

PATH = "/projects"
PAGE_SIZE = 100


class ProjectLine(Struct, frozen=True):
    """A project. ``latest``: its newest deployment, None where that cannot be read."""

    key: str
    latest: DeploymentRow | None


async def show(frame: Frame, request: Request) -> Response:
    """A page of projects by key. ``after`` continues after one."""
    organization_id = viewer_of(request).organization_id
    after = clean_key(request.query_params.get("after", ""))
    found = await list_projects(frame.ledger, organization_id, key_words_of(frame), after=after, limit=PAGE_SIZE)
    names = await find_names(frame.ledger, organization_id)
    return await frame.render(
        request,
        "projects.html",
        rows=[ProjectLine(one.key, None if one.latest is None else to_row(one.latest, names)) for one in found.projects],
        older_url=url_with(request, after=found.end) if found.end else "",
        newest_url=url_with(request, after="") if after else "",
    )
