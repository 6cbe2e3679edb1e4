"""``/settings/people/{person}``: somebody of the organization, and the forms that change what they may do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.membership.model import KIND, Member
from shipledger.access.people.membership.words import describe
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.http.viewer import viewer_of
from shipledger.web.pages import people
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other
from shipledger.web.pages.people import LinkShown
from shipledger.web.pages.record_history import read_history

PATH = f"{people.PATH}/{{person}}"
_VERSION_DIGITS = 9
GONE = "Somebody has removed this person meanwhile, or nobody of this organization has ever had this address."

Form: TypeAlias = Mapping[str, str]
Found: TypeAlias = tuple[Person, Member]


async def show(frame: Frame, request: Request) -> Response:
    """The page. Raises NotFound."""
    found = await _find(frame, request)
    if found is None:
        raise NotFound("person", "Nobody of this organization has this address; see Settings, People.")
    return await _render(frame, request, found)


async def change(frame: Frame, request: Request) -> Response:
    """Take a form and lead back to the page; or the page again with what is wrong. Raises Conflict for who is gone."""
    form = await frame.read_own_form(request)
    found = await _find(frame, request)
    if found is None:
        raise Conflict("member", GONE)
    try:
        if form.get("action") == "link":
            return await _make_link(frame, request, found)
        return see_other(await _ACTIONS.get(form.get("action", ""), _refuse)(frame, request, found, form))
    except NotFound:
        raise Conflict("member", GONE) from None
    except (Invalid, Conflict) as error:
        return await _render(frame, request, await _find(frame, request) or found, form=form, fault=error)


async def _change_role(frame: Frame, request: Request, found: Found, form: Form) -> str:
    role = people.read_role(form.get("role", ""))
    viewer, (person, member) = viewer_of(request), found
    is_new = await frame.members.change(viewer.organization_id, member, role=role, by=viewer.actor, expects=_read_version(form))
    return _page_of(person, "role" if is_new else "nothing")


async def _change_team(frame: Frame, request: Request, found: Found, form: Form) -> str:
    role: Role | None = people.read_role(form.get("team_role", ""))
    viewer, (person, member) = viewer_of(request), found
    is_new = await frame.members.change(
        viewer.organization_id, member, team_roles={form.get("team", ""): role}, by=viewer.actor, expects=_read_version(form)
    )
    return _page_of(person, "team" if is_new else "nothing")


async def _know_as(frame: Frame, request: Request, found: Found, form: Form) -> str:
    viewer, (person, member) = viewer_of(request), found
    adds, drops = [[form[name]] if form.get(name) else [] for name in ("login", "drop")]
    if not adds and not drops:
        raise Invalid("login", "Enter what senders call this person.")
    is_new = await frame.members.know_as(
        viewer.organization_id, member, adds=adds, drops=drops, by=viewer.actor, expects=_read_version(form)
    )
    return _page_of(person, "login" if is_new else "nothing")


async def _remove(frame: Frame, request: Request, found: Found, form: Form) -> str:
    viewer = viewer_of(request)
    await frame.members.remove(viewer.organization_id, found[1], by=viewer.actor, expects=_read_version(form))
    return done_path(people.PATH, "removed")


async def _refuse(_frame: Frame, _request: Request, _found: Found, _form: Form) -> str:
    raise Invalid("form", "Choose what to change.")


_ACTIONS: Mapping[str, Callable[[Frame, Request, Found, Form], Awaitable[str]]] = {
    "role": _change_role,
    "team": _change_team,
    "login": _know_as,
    "remove": _remove,
}


async def _make_link(frame: Frame, request: Request, found: Found) -> Response:
    viewer, (person, member) = viewer_of(request), found
    secret = await frame.members.make_password_link(viewer.organization_id, person, member, by=viewer.actor)
    link = people.show_link(frame, request, person, secret)
    return await _render(frame, request, await _find(frame, request) or found, link=link)


async def _find(frame: Frame, request: Request) -> Found | None:
    person_id = request.path_params["person"].replace("\0", "")
    return await frame.members.find(viewer_of(request).organization_id, person_id)


def _read_version(form: Form) -> int:
    text = form.get("expects", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= _VERSION_DIGITS and int(text)):
        raise Invalid("form", "The form lacks what it was made of; load the page again.")
    return int(text)


def _page_of(person: Person, done: str) -> str:
    return done_path(f"{people.PATH}/{person.person_id}", done)


async def _render(
    frame: Frame,
    request: Request,
    found: Found,
    *,
    form: Form | None = None,
    fault: Invalid | Conflict | None = None,
    link: LinkShown | None = None,
) -> Response:
    organization_id, (person, member) = viewer_of(request).organization_id, found
    history, earlier = await read_history(frame.ledger, KIND, organization_id, member.member_id, _describe_all)
    statuses = {Invalid: HTTPStatus.UNPROCESSABLE_ENTITY, Conflict: HTTPStatus.CONFLICT}
    return await frame.render(
        request,
        "person.html",
        status=HTTPStatus.OK if fault is None else statuses[type(fault)],
        somebody=person,
        member=member,
        roles=tuple(Role),
        teams=await people.list_teams(frame.ledger, organization_id, [member]),
        form=form or {},
        fault=fault,
        link=link,
        history=history,
        earlier=earlier,
    )


async def _describe_all(said: Sequence[Any]) -> list[tuple[str, ...]]:
    return [describe(one) for one in said]
