"""``/deployments/{id}/corrections``: what was corrected by hand, and the forms that correct, mark and undo."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.deployments.consequences import Preview
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.http.viewer import viewer_of
from shipledger.ledger.state import State
from shipledger.ledger.submission import Facts
from shipledger.ledger.titles import title_of
from shipledger.verbs.corrections import REASON_LIMIT, Asking, Corrected
from shipledger.web.pages.correction_form import (
    FIELDS,
    MARKS,
    REMEDIES,
    fits,
    read_marks,
    read_seen,
    read_wish,
    to_was,
    write_fields,
    write_marks,
)
from shipledger.web.pages.correction_lines import to_lines, to_moved
from shipledger.web.pages.done import done_path
from shipledger.web.pages.forms import LONG_FORM_LIMIT_BYTES
from shipledger.web.pages.frame import Frame, see_other, status_of

PATH = "/deployments/{deployment_id}/corrections"


async def show(frame: Frame, request: Request) -> Response:
    """What was reported, what holds, and the form. Raises NotFound."""
    return await _render(frame, request, await _find(frame, request))


async def change(frame: Frame, request: Request) -> Response:
    """Do what a form asks and lead back; or show what it would move, or what is wrong."""
    form = await frame.read_own_form(request, limit_bytes=LONG_FORM_LIMIT_BYTES)
    found = await _find(frame, request)
    try:
        preview, done = await _act(frame, request, form, found.deployment.deployment_id)
    except (Conflict, Invalid, NotFound) as fault:
        # Whoever corrects sees what others did meanwhile, with what they have typed themselves.
        return await _render(frame, request, await _find(frame, request), typed=form, fault=fault)
    if preview is not None:
        return await _render(frame, request, found, typed=form, preview=preview)
    return see_other(done_path(f"/deployments/{found.deployment.deployment_id}/corrections", done))


async def _act(frame: Frame, request: Request, form: Mapping[str, str], deployment_id: str) -> tuple[Preview | None, str]:
    """What a form would move, or the code of what it did."""
    viewer, desk, action = viewer_of(request), frame.corrections, form.get("action", "")
    organization_id = viewer.organization_id
    if action == "mark":
        marks = read_marks(form)
        try:
            is_new = marks != Facts() and await desk.mark_deployment(organization_id, deployment_id, marks, by=viewer.actor)
        except NotFound:
            fields = {"remediation": "should be the id of a deployment that is recorded"}
            raise Invalid("marks", "The form has wrong fields.", fields=fields) from None
        return None, "marked" if is_new else "nothing"
    asking = Asking(viewer.actor, form.get("reason", ""), read_seen(form))
    if action in ("preview-undo", "undo"):
        correction_id = form.get("correction", "")
        if action == "preview-undo":
            return await desk.preview_undo(organization_id, deployment_id, correction_id, asking), ""
        await desk.undo_correction(organization_id, deployment_id, correction_id, asking)
        return None, "uncorrected"
    if action not in ("preview", "save"):
        raise Invalid("form", "Choose what to do.")
    wish = read_wish(form)
    if action == "preview":
        return await desk.preview_correction(organization_id, deployment_id, wish, asking), ""
    await desk.correct_deployment(organization_id, deployment_id, wish, asking)
    return None, "corrected"


async def _find(frame: Frame, request: Request) -> Corrected:
    return await frame.corrections.read_corrections(viewer_of(request).organization_id, request.path_params["deployment_id"])


async def _render(
    frame: Frame,
    request: Request,
    found: Corrected,
    *,
    typed: Mapping[str, str] | None = None,
    preview: Preview | None = None,
    fault: ShipledgerError | None = None,
) -> Response:
    deployment = found.deployment
    held, marks, asked = write_fields(deployment), write_marks(deployment), typed or {}
    is_marking, is_correcting = asked.get("action") == "mark", asked.get("action") in ("preview", "save")
    fields = {name: asked.get(name, "") for name in FIELDS} if is_correcting and not asked.get("removed") else held
    return await frame.render(
        request,
        "correcting.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        deployment=deployment,
        title=title_of(deployment),
        seen=found.version,
        lines=await to_lines(frame, found),
        fields=fields,
        was=asked.get("was", "") if is_correcting and fault is not None else to_was(held),
        marks={name: asked.get(name, "") for name in MARKS} if is_marking else marks,
        marks_was=to_was(marks),
        too_long=[name for name, text in (held | marks).items() if not fits(name, text)],
        remedies=REMEDIES,
        states=list(State),
        environments=await frame.corrections.list_correctable_environments(deployment.organization_id),
        asked=asked,
        reason_limit=REASON_LIMIT,
        preview=preview,
        moved=[] if preview is None else to_moved(preview),
        faults=fault.fields if isinstance(fault, Invalid) else {},
        fault=fault,
    )
