"""``/profile``: somebody's own account: the password, the browsers in which they are signed in, and their tokens."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.doorkeeper import TooManyTries, Visit
from shipledger.errors import Conflict, Denied, Invalid, NotFound, ShipledgerError
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.web.pages import own_tokens
from shipledger.web.pages.browsers import describe_agent
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.visiting import visit_of

PATH = "/profile"
_KEPT = ("present", "password", "again")


class SessionRow(Struct, frozen=True):
    """A session as its owner sees it."""

    session_id: str
    browser: str
    agent: str
    address: str
    seen_at: datetime
    is_this: bool


async def show(frame: Frame, request: Request) -> Response:
    """The page."""
    return await _render(frame, request)


async def change_password(frame: Frame, request: Request) -> Response:
    """Set another password, which ends all other sessions; or the form again with what is wrong."""
    visit, form = _visit(request), await frame.read_own_form(request, keeps_spaces=_KEPT)
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
    visit, form = _visit(request), await frame.read_own_form(request)
    await frame.visiting.doorkeeper.end_session(visit, form.get("session", ""))
    return see_other(PATH)


async def create_token(frame: Frame, request: Request) -> Response:
    """A new token, shown in the answer and never again; or the form again with what is wrong.

    The answer is a page and no way to one: an address must not hold a secret.
    """
    visit, form = _visit(request), await frame.read_own_form(request)
    memberships = await frame.ledger.list_memberships(visit.person.person_id)
    try:
        made = await own_tokens.create(frame.tokens, visit.person, memberships, form, frame.clock.now())
    except (Invalid, NotFound, Conflict) as error:
        return await _render(frame, request, fault=error, form=form)
    return await _render(frame, request, made=made)


async def revoke_token(frame: Frame, request: Request) -> Response:
    """End a token."""
    visit, form = _visit(request), await frame.read_own_form(request)
    person_id = visit.person.person_id
    await frame.tokens.revoke(person_id, form.get("token", ""), by=Actor(ActorKind.PERSON, person_id))
    return see_other(done_path(PATH, "token-revoked"))


async def _render(
    frame: Frame,
    request: Request,
    *,
    fault: ShipledgerError | None = None,
    form: dict[str, str] | None = None,
    made: own_tokens.NewToken | None = None,
) -> Response:
    visit = _visit(request)
    now = frame.clock.now()
    sessions = [
        SessionRow(
            one.session_id,
            describe_agent(one.agent),
            one.agent,
            one.address,
            one.seen_at,
            one.session_hash == visit.session.session_hash,
        )
        for one in await frame.visiting.doorkeeper.list_sessions(visit)
        if not one.is_over(now)
    ]
    memberships = await frame.ledger.list_memberships(visit.person.person_id)
    status = HTTPStatus.OK if fault is None else HTTPStatus.UNPROCESSABLE_ENTITY
    response = await frame.render(
        request,
        "profile.html",
        status=HTTPStatus.TOO_MANY_REQUESTS if isinstance(fault, TooManyTries) else status,
        sessions=sessions,
        organizations=memberships,
        shown=visit.session.organization_id,
        tokens=await own_tokens.list_rows(frame.tokens, visit.person, memberships, now),
        lifetimes=own_tokens.LIFETIMES,
        offers=own_tokens.list_offers(memberships, form or {}),
        form=form or {},
        made=made,
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
