"""``/issues``: a search for an issue key, and the issues that were deployed lately."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.deployments.listing import DeploymentFilter
from shipledger.http.viewer import viewer_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.verbs.newest import list_newest
from shipledger.web.pages import issue_search
from shipledger.web.pages.commands import base_url
from shipledger.web.pages.environments import find_names
from shipledger.web.pages.formats import issue_path, project_path
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.issue import EXAMPLE_KEY, clean_key
from shipledger.web.pages.issue_commands import deployment_curl, token_curl
from shipledger.web.pages.issue_links import find_real_keys
from shipledger.web.pages.project import PROJECT
from shipledger.web.pages.rows import DeploymentRow, to_row

DEPLOYMENTS_READ = 300
ISSUES_SHOWN = 50


class IssueRow(Struct, frozen=True):
    """An issue with the deployment that brought it last."""

    key: str
    latest: DeploymentRow


async def show(frame: Frame, request: Request) -> Response:
    """The list, or the page of the issue or project that was searched for."""
    if "jql" in request.query_params:
        return await issue_search.show(frame, request)
    key = clean_key(request.query_params.get("key", ""))
    if key:
        is_project = PROJECT.match(key) and not key.isdecimal()
        return see_other(project_path(key.upper()) if is_project else issue_path(key.upper()))
    organization_id = viewer_of(request).organization_id
    deployments = await list_newest(frame.ledger, organization_id, DeploymentFilter(limit=DEPLOYMENTS_READ), frame.clock.now())
    rows = _list_latest(deployments, await find_names(frame.ledger, organization_id))
    real = await find_real_keys(frame, organization_id, [row.key for row in rows])
    rows = [row for row in rows if row.key in real][:ISSUES_SHOWN]
    url = base_url(request, frame.settings)
    return await frame.render_live(
        request,
        "issues.html",
        shown=rows,
        rows=rows,
        read=DEPLOYMENTS_READ,
        token_curl=token_curl(url),
        deployment_curl=deployment_curl(url, EXAMPLE_KEY, frame.clock.now()),
    )


def _list_latest(deployments: Iterable[Deployment], names: EnvironmentNames) -> list[IssueRow]:
    """Each issue once, with the first of ``deployments`` that names it."""
    latest: dict[str, IssueRow] = {}
    for deployment in deployments:
        for key in deployment.issue_keys:
            if key not in latest:
                latest[key] = IssueRow(key=key, latest=to_row(deployment, names))
    return list(latest.values())
