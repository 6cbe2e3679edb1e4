"""``/profile``: somebody's own account: the password, and the browsers in which they are signed in."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.doorkeeper import TooManyTries, Visit
from shipledger.errors import Denied, Invalid
from shipledger.web.pages.forms import read_form
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.visiting import visit_of

PATH = "/profile"
_KEPT = ("present", "password", "again")


class SessionRow(Struct, frozen=True):
    """A session as its owner sees it."""

    session_id: str
    agent: str
    address: str
    seen_at: datetime
    is_this: bool


async def show(frame: Frame, request: Request) -> Response:
    """The page."""
    return await _render(frame, request)


async def change_password(frame: Frame, request: Request) -> Response:
    """Set another password, which ends all other sessions; or the form again with what is wrong."""
    visit, form = _visit(request), await read_form(request, keeps_spaces=_KEPT)
    frame.visiting.require_own_form(request, form, visit)
    password = form.get("password", "")
    if password != form.get("again", ""):
        return await _render(frame, request, fault=Invalid("again", "The two passwords differ."))
    try:
        await frame.visiting.doorkeeper.change_password(visit, form.get("present", ""), password)
    except (Denied, Invalid) as error:
        return await _render(frame, request, fault=error)
    return see_other(f"{PATH}?changed=password")


async def end_session(frame: Frame, request: Request) -> Response:
    """Sign out elsewhere."""
    visit, form = _visit(request), await read_form(request)
    frame.visiting.require_own_form(request, form, visit)
    await frame.visiting.doorkeeper.end_session(visit, form.get("session", ""))
    return see_other(PATH)


async def _render(frame: Frame, request: Request, *, fault: Denied | Invalid | None = None) -> Response:
    visit = _visit(request)
    now = frame.clock.now()
    sessions = [
        SessionRow(one.session_id, one.agent, one.address, one.seen_at, one.session_hash == visit.session.session_hash)
        for one in await frame.visiting.doorkeeper.list_sessions(visit)
        if not one.is_over(now)
    ]
    status = HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY
    response = await frame.render(
        request,
        "profile.html",
        status=HTTPStatus.TOO_MANY_REQUESTS if isinstance(fault, TooManyTries) else status,
        sessions=sessions,
        organizations=await frame.ledger.list_memberships(visit.person.person_id),
        shown=visit.session.organization_id,
        fault=fault,
        changed=request.query_params.get("changed", ""),
    )
    if isinstance(fault, TooManyTries):
        response.headers["Retry-After"] = str(fault.retry_after_seconds)
    return response


def _visit(request: Request) -> Visit:
    visit = visit_of(request)
    if visit is None:
        raise LookupError("nobody was let in")
    return visit
