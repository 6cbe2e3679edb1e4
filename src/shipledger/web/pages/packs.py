"""``/packs``: the git packs that were uploaded, newest first, and why some were refused."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from shipledger.catalog.commit import PackState
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame

SHOWN = 100

STATES: dict[PackState, str] = {
    PackState.PENDING: "Waiting",
    PackState.INDEXED: "Indexed",
    PackState.REFUSED: "Refused",
}


async def show(frame: Frame, request: Request) -> Response:
    """The newest packs, all or of one state."""
    organization_id = viewer_of(request).organization_id
    text = request.query_params.get("state", "")
    state = PackState(text) if text in set(PackState) else None
    records = await frame.ledger.list_packs(organization_id, limit=SHOWN, state=state)
    return await frame.render(request, "packs.html", records=records, state=state or "", states=STATES, shown=SHOWN)
