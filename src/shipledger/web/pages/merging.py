"""``/deployments/{id}/merging``: which records tell of a deployment, and the forms that merge and split them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.http.viewer import viewer_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.titles import title_of
from shipledger.verbs.merging import REASON_LIMIT
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.witness_lines import list_differences, to_line

PATH = "/deployments/{deployment_id}/merging"


async def show(frame: Frame, request: Request) -> Response:
    """The records, and the form. Raises NotFound."""
    return await _render(frame, request)


async def change(frame: Frame, request: Request) -> Response:
    """Do what a form asks and lead to the deployment that is shown; or show what it would make, or what is wrong."""
    form = await frame.read_own_form(request)
    try:
        return await _act(frame, request, form)
    except (Conflict, Invalid) as fault:
        return await _render(frame, request, typed=form, fault=fault)
    except NotFound as fault:
        if form.get("action", "").endswith("split"):
            raise
        return await _render(frame, request, typed=form, fault=fault)


async def _act(frame: Frame, request: Request, form: Mapping[str, str]) -> Response:
    viewer, desk, action = viewer_of(request), frame.merging, form.get("action", "")
    organization_id, deployment_id = viewer.organization_id, request.path_params["deployment_id"]
    into, reason = form.get("into", ""), form.get("reason", "")
    if action == "preview-merge":
        return await _render(frame, request, typed=form, preview=await desk.preview_merge(organization_id, deployment_id, into))
    if action == "preview-split":
        return await _render(frame, request, typed=form, preview=await desk.preview_split(organization_id, deployment_id))
    if action == "merge":
        host = await desk.preview_merge(organization_id, deployment_id, into)
        await desk.merge_deployment(organization_id, deployment_id, into, reason, by=viewer.actor)
        return see_other(done_path(f"/deployments/{host.deployment_id}", "merged"))
    if action == "split":
        await desk.split_deployment(organization_id, deployment_id, reason, by=viewer.actor)
        return see_other(done_path(f"/deployments/{deployment_id}", "parted"))
    raise Invalid("form", "Choose what to do.")


async def _render(
    frame: Frame,
    request: Request,
    *,
    typed: Mapping[str, str] | None = None,
    preview: Deployment | None = None,
    fault: ShipledgerError | None = None,
) -> Response:
    found = await frame.merging.read_witnesses(viewer_of(request).organization_id, request.path_params["deployment_id"])
    status = HTTPStatus.OK
    if fault is not None:
        status = HTTPStatus.BAD_REQUEST if isinstance(fault, Invalid) else HTTPStatus.CONFLICT
    return await frame.render(
        request,
        "merging.html",
        status=status,
        deployment=found.record,
        title=title_of(found.record),
        host=None if found.host is None else to_line(found.host),
        witnesses=[to_line(one) for one in found.record.told],
        alike=[to_line(one) for one in found.alike],
        asked=typed or {},
        preview=None if preview is None else to_line(preview),
        preview_witnesses=[] if preview is None else [to_line(one) for one in preview.told],
        differences=[] if preview is None else list_differences(preview),
        reason_limit=REASON_LIMIT,
        faults=fault.fields if isinstance(fault, Invalid) else {},
        fault=fault,
    )
