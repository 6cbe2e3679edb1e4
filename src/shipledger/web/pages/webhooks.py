"""``/settings/webhooks``: who is told what, the log of deliveries, and the forms that change either."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.roles import Right
from shipledger.errors import Conflict, Invalid, NotFound, ShipledgerError
from shipledger.forwarding.message import MessageFilter, MessageState
from shipledger.forwarding.target import TargetRecord
from shipledger.gating.notice import TOPICS
from shipledger.http.viewer import viewer_of
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, require_right, see_other, status_of, url_with

PATH = "/settings/webhooks"
MESSAGES_PATH = f"{PATH}/messages"
MESSAGES_SHOWN = 50
TOPIC = "topic-"
"""What the name of a field begins with that chooses a topic."""
GIVEN_UP = "Given up on the page."


class TargetRow(Struct, frozen=True):
    """A target. ``breaker``: the state of its circuit breaker."""

    record: TargetRecord
    breaker: str


async def show(frame: Frame, request: Request) -> Response:
    """The targets and the log."""
    return await _render(frame, request)


async def change(frame: Frame, request: Request) -> Response:
    """Add a webhook, replace its secret or remove it. A new secret stands on the answer, and nowhere else."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    owner, target_id, desk = viewer.organization_id, form.get("target", ""), frame.webhooks
    try:
        if form.get("action") == "add":
            topics = [one for one in TOPICS if form.get(f"{TOPIC}{one}")]
            added, secret = await desk.add(owner, form.get("url", ""), topics, name=form.get("name", ""), by=viewer.actor)
            return await _render(frame, request, secret=secret, secret_of=added.name)
        if form.get("action") == "rotate":
            secret = await desk.rotate(owner, target_id, by=viewer.actor)
            return await _render(frame, request, secret=secret, secret_of=form.get("name", ""))
        if form.get("action") != "remove":
            raise Invalid("form", "Choose what to change.")  # noqa: TRY301  one place tells of all that is wrong
        await desk.remove(owner, target_id, by=viewer.actor)
    except (Conflict, Invalid, NotFound) as fault:
        return await _render(frame, request, fault=fault, form=form)
    return see_other(done_path(PATH, "webhook_removed"))


async def change_message(frame: Frame, request: Request) -> Response:
    """Send a message again, or give it up."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    message_id = form.get("message", "")
    try:
        if form.get("action") == "redeliver":
            await frame.webhooks.redeliver(viewer.organization_id, message_id, by=viewer.actor)
        elif form.get("action") == "give-up":
            await frame.webhooks.give_up(viewer.organization_id, message_id, reason=GIVEN_UP, by=viewer.actor)
        else:
            raise Invalid("form", "Choose what to do with the message.")  # noqa: TRY301  as above
    except (Conflict, Invalid, NotFound) as fault:
        return await _render(frame, request, fault=fault)
    return see_other(done_path(f"{PATH}?message={message_id}", "redelivered" if form["action"] == "redeliver" else "given_up"))


async def _render(
    frame: Frame,
    request: Request,
    *,
    fault: ShipledgerError | None = None,
    form: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    viewer, query = viewer_of(request), request.query_params
    owner = viewer.organization_id
    if "remove" in query:
        require_right(viewer, Right.ADMINISTER)
    state = next((one for one in MessageState if one == query.get("state")), None)
    wanted = MessageFilter(
        target_id=query.get("target", ""), state=state, before_id=query.get("before", ""), limit=MESSAGES_SHOWN + 1
    )
    now = frame.clock.now()
    targets = [TargetRow(one, str(one.target.breaker.state_at(now))) for one in await frame.webhooks.list_targets(owner)]
    messages = await frame.webhooks.list_messages(owner, wanted)
    shown = messages[:MESSAGES_SHOWN]
    older = url_with(request, before=shown[-1].message_id, message="", done="") if len(messages) > MESSAGES_SHOWN else ""
    asked = query.get("message", "")
    return await frame.render(
        request,
        "webhooks.html",
        status=HTTPStatus.OK if fault is None else status_of(fault),
        targets=targets,
        names={one.record.target.target_id: one.record.target.name for one in targets},
        messages=shown,
        older=older if request.method == "GET" else "",
        newest=url_with(request, before="", message="", done="") if wanted.before_id else "",
        states=list(MessageState),
        wanted=wanted,
        logged=await frame.webhooks.find_message(owner, asked) if asked else None,
        removing=next((one.record for one in targets if one.record.target.target_id == query.get("remove")), None),
        topics=TOPICS,
        fault=fault,
        form=form or {},
        is_sending=frame.settings.outbox != "off",
        **{"secret": "", "secret_of": "", **values},
    )
