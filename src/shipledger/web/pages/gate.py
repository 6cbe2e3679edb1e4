"""``/gates/{key}``: a deployment's question whether it may go on, and the form that answers it. Messages of gates lead here."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.gating.gate import Gate, GateStatus, read_gate_key
from shipledger.http.viewer import viewer_of
from shipledger.ledger.submission import Target
from shipledger.ledger.titles import title_of
from shipledger.verbs.gates import REASON_LIMIT
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other, status_of
from shipledger.web.pages.gate_steps import list_gate_steps

PATH = "/gates/{key}"
DECISIONS = {"allow": GateStatus.ALLOWED, "prevent": GateStatus.PREVENTED}


async def show(frame: Frame, request: Request) -> Response:
    """How it stands. Raises NotFound."""
    return await _render(frame, request, await _find(frame, request))


async def change(frame: Frame, request: Request) -> Response:
    """Allow or prevent the deployment; whoever comes second sees who decided. Raises NotFound."""
    form, gate = await frame.read_own_form(request), await _find(frame, request)
    action = form.get("action", "")
    try:
        if action not in DECISIONS:
            raise Invalid("form", "Choose whether to allow or to prevent it.")  # noqa: TRY301  one place tells of all that is wrong
        await frame.gates.decide_gate(gate, DECISIONS[action], form.get("reason", ""), by=viewer_of(request).actor)
    except (Conflict, Invalid) as fault:
        return await _render(frame, request, await _find(frame, request), typed=form, fault=fault)
    return see_other(done_path(f"/gates/{gate.key}", DECISIONS[action].value))


async def _find(frame: Frame, request: Request) -> Gate:
    number = read_gate_key(request.path_params["key"])
    gate = None
    if number is not None:
        gate = await frame.ledger.find_gate_by_number(viewer_of(request).organization_id, number)
    if gate is None:
        raise NotFound("gate", "No gate has this key. It may belong to another organization.")
    return gate


async def _render(
    frame: Frame, request: Request, gate: Gate, *, typed: Mapping[str, str] | None = None, fault: ShipledgerError | None = None
) -> Response:
    found = await frame.ledger.find_deployment(gate.organization_id, Target(key=gate.deployment_id))
    deployment = None if found is None or found.is_removed else found
    return await frame.render(
        request,
        "gate.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        gate=gate,
        deployment=deployment,
        title=gate.key if deployment is None else title_of(deployment),
        steps=await list_gate_steps(frame.ledger, gate),
        is_waiting=gate.status is GateStatus.AWAITING,
        may_decide=viewer_of(request).may(Right.APPROVE),
        reason=(typed or {}).get("reason", ""),
        reason_limit=REASON_LIMIT,
        fault=fault,
        faults=fault.fields if isinstance(fault, Invalid) else {},
    )
