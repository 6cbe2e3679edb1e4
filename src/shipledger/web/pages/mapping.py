"""The forms that map a repository to a service, or take it away again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, require_right, see_other


async def change(frame: Frame, request: Request) -> Response:
    """Take the form and lead back to the page that it was on."""
    form = await frame.read_own_form(request)
    viewer = viewer_of(request)
    service = await frame.ledger.find_service(viewer.organization_id, form.get("service", ""))
    if service is None:
        raise NotFound("service", f"There is no service {form.get('service', '')!r}. Create it first, then map the repository.")
    require_right(viewer, Right.CONFIGURE, team=service.draft.team_id)
    is_removal = form.get("action") == "unmap"
    change = frame.directory.unmap_repository if is_removal else frame.directory.map_repository
    await change(viewer.organization_id, service.service_id, form.get("repository", ""), by=viewer.actor)
    page = "/repositories" if form.get("from") == "repositories" else f"/services/{service.slug}"
    return see_other(done_path(page, "unmapped" if is_removal else "mapped"))
