"""``/gates/{key}``: where the link in a gating status leads, which is the deployment's page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shipledger.errors import NotFound
from shipledger.gating.gate import read_gate_key
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.frame import Frame


async def show(frame: Frame, request: Request) -> Response:
    """The way to the deployment that asked. Raises NotFound."""
    number = read_gate_key(request.path_params["key"])
    gate = None
    if number is not None:
        gate = await frame.ledger.find_gate_by_number(viewer_of(request).organization_id, number)
    if gate is None:
        raise NotFound("gate", "No gate has this key. It may belong to another organization.")
    return RedirectResponse(f"/deployments/{gate.deployment_id}#gate", 303)
