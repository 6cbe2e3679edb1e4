"""``/status``: how the server, its nodes and its store are. For the operators of the installation."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import NotFound
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame

PATH = "/status"
SENDERS_SHOWN = 20


async def show(frame: Frame, request: Request) -> Response:
    """The page. Raises NotFound for the administrators of other organizations: it tells of all of them."""
    if not await frame.status.is_operated_by(viewer_of(request).organization_id):
        raise NotFound(
            "operators",
            "This page tells of all organizations. It is for the administrators of the organization that the setting "
            f"operator_organization names: {frame.settings.operator_organization}.",
        )
    status, senders = await asyncio.gather(frame.status.read_status(), frame.ledger.list_unknown_senders())
    return await frame.render_live(
        request,
        "status.html",
        shown=[status, senders[:SENDERS_SHOWN]],
        found=status,
        senders=senders[:SENDERS_SHOWN],
        more_senders=max(0, len(senders) - SENDERS_SHOWN),
    )
