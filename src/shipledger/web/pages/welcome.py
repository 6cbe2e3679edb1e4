"""``/welcome``: where the links lead that create the first account, or set a password."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.person import Person
from shipledger.errors import Invalid, NotFound
from shipledger.ledger.identity import new_id
from shipledger.web.pages.first_account import FirstAccount
from shipledger.web.pages.forms import read_form
from shipledger.web.pages.frame import Frame, see_other

_KEPT = ("password", "again")


async def show(frame: Frame, request: Request) -> Response:
    """The form. To look at it does not use the link up: chat programs and mail filters look, too."""
    return await _render(frame, request, request.query_params.get("link", ""))


async def take(frame: Frame, request: Request) -> Response:
    """Set the password, sign in, and lead to the overview; or the form again with what is wrong."""
    form = await read_form(request, keeps_spaces=_KEPT)
    frame.visiting.require_own_form(request, form, None)
    secret, password = form.get("link", ""), form.get("password", "")
    if password != form.get("again", ""):
        return await _render(frame, request, secret, form=form, error=Invalid("again", "The two passwords differ."))
    try:
        person, organization_id = await _open(frame, secret, form)
    except Invalid as error:
        return await _render(frame, request, secret, form=form, error=error)
    visit = await frame.visiting.doorkeeper.open_session(
        person,
        address=frame.visiting.address_of(request),
        agent=request.headers.get("user-agent", ""),
        organization_id=organization_id,
    )
    return await frame.visiting.begin(request, see_other("/"), visit)


async def _open(frame: Frame, secret: str, form: dict[str, str]) -> tuple[Person, str]:
    """The person whom a link is for, and the organization that it leads to."""
    doorkeeper, password = frame.visiting.doorkeeper, form.get("password", "")
    if not await doorkeeper.is_first(secret):
        link = await doorkeeper.find_link(secret)
        return await doorkeeper.choose_password(secret, password), link.organization_id
    person_id = new_id(frame.clock.now(), secrets.token_bytes(8))
    email, name = form.get("email", ""), form.get("name", "")
    person = await doorkeeper.create_first(secret, person_id, email=email, name=name, password=password)
    return person, await FirstAccount(frame.directory, frame.members).take_in(person)


async def _render(
    frame: Frame, request: Request, secret: str, *, form: dict[str, str] | None = None, error: Invalid | None = None
) -> Response:
    person, organization = None, ""
    if not await frame.visiting.doorkeeper.is_first(secret):
        link = await frame.visiting.doorkeeper.find_link(secret)
        person = await frame.members.find_person(link.person_id)
        if person is None:
            raise NotFound("link", "This link is for somebody who is no longer here.")
        membership = await frame.ledger.find_membership(link.organization_id, person.person_id)
        organization = "" if membership is None else membership[0].name
    return await frame.render(
        request,
        "welcome.html",
        status=HTTPStatus.OK if error is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        link=secret,
        person=person,
        leads_to=organization,
        form={} if form is None else form,
        fault=error,
    )
