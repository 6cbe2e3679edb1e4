"""The saved views on ``/deployments``: filters that a person keeps under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.views import FILTERS, QUERY_CHARACTERS, SavedView
from shipledger.errors import Denied
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.done import PARAMETER
from shipledger.web.pages.frame import Frame, see_other

PATH = "/deployments/views"


async def list_own(frame: Frame, request: Request) -> Sequence[SavedView] | None:
    """The views of who looks; None for somebody whom nobody knows."""
    viewer = viewer_of(request)
    if viewer.person is None:
        return None
    return await frame.views.list_own(viewer.organization_id, viewer.person.person_id)


def keep_filters(parameters: Mapping[str, str]) -> str:
    """The filters of an address, as a view has them."""
    return urlencode([(name, parameters[name]) for name in FILTERS if parameters.get(name)])[:QUERY_CHARACTERS]


async def change(frame: Frame, request: Request) -> Response:
    """Keep a view, or delete one; then back to the list. Raises what these raise."""
    form = await frame.read_own_form(request)
    viewer = viewer_of(request)
    if viewer.person is None:
        raise Denied("person", "Sign in to keep views.")
    owner = viewer.organization_id, viewer.person.person_id
    if form.get("action") == "delete":
        await frame.views.delete(*owner, form.get("view", ""))
        return see_other(f"/deployments?{PARAMETER}=view-deleted")
    saved = await frame.views.save(*owner, form.get("name", ""), form.get("query", ""))
    return see_other(f"/deployments?{saved.query}&{PARAMETER}=view-saved")
