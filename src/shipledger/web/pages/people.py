"""``/settings/people``: who belongs to the organization, and the form that invites somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.people.link import link_path
from shipledger.access.people.members import Invited
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Right, Role
from shipledger.errors import Conflict, Invalid
from shipledger.http.viewer import viewer_of
from shipledger.verbs.browsing import CatalogBrowsing
from shipledger.web.pages.done import done_path
from shipledger.web.pages.frame import Frame, see_other

PATH = "/settings/people"
PEOPLE_SHOWN = 300
TEAMS_OFFERED = 500
NO_ROLE = "none"
"""What a form says for a role in teams alone."""


class LinkShown(Struct, frozen=True):
    """A link that sets a password, as it is shown once: for whom, and when it stops to open."""

    email: str
    url: str
    ends_at: datetime


async def show(frame: Frame, request: Request) -> Response:
    """Everybody; addresses and who was seen when are for administrators."""
    return await _render(frame, request)


async def invite(frame: Frame, request: Request) -> Response:
    """Add a person: with their link, which is in this answer alone; or the form again with what is wrong."""
    form, viewer = await frame.read_own_form(request), viewer_of(request)
    try:
        invited = await frame.members.invite(
            viewer.organization_id,
            form.get("email", ""),
            role=read_role(form.get("role", "")),
            team_roles=_read_team_roles(form),
            name=form.get("name", ""),
            by=viewer.actor,
        )
    except (Invalid, Conflict) as error:
        return await _render(frame, request, form=form, fault=error)
    if not invited.link:
        return see_other(done_path(PATH, "invited" if invited.is_new else "known"))
    return await _render(frame, request, invited=invited)


def read_role(text: str) -> Role | None:
    """The role that a form says. Raises Invalid."""
    if text == NO_ROLE:
        return None
    if text not in set(Role):
        raise Invalid("role", f"Choose a role: {', '.join(Role)}.")
    return Role(text)


async def list_teams(ledger: CatalogBrowsing, organization_id: str, found: Sequence[Member]) -> list[str]:
    """The teams that a form offers: those of services, and those in which somebody has a role."""
    teams = {*(await ledger.list_teams(organization_id)).values(), *(team for one in found for team in one.team_roles)}
    return sorted(teams, key=str.casefold)[:TEAMS_OFFERED]


def show_link(frame: Frame, request: Request, person: Person, secret: str) -> LinkShown:
    """A link with its address here, which names the organization."""
    path = link_path(secret, viewer_of(request).organization)
    return LinkShown(person.email, frame.access.url_below(request, path), frame.members.link_ends_at())


def _read_team_roles(form: Mapping[str, str]) -> dict[str, Role]:
    team = form.get("team", "")
    if not team:
        return {}
    role = read_role(form.get("team_role", ""))
    if role is None:
        raise Invalid("team", "Choose a role in the team.")
    return {team: role}


async def _render(
    frame: Frame,
    request: Request,
    *,
    form: Mapping[str, str] | None = None,
    fault: Invalid | Conflict | None = None,
    invited: Invited | None = None,
) -> Response:
    viewer, text = viewer_of(request), request.query_params.get("text", "").strip()
    everybody = await frame.members.list_all(viewer.organization_id)
    is_administrator = viewer.may(Right.ADMINISTER)
    found = [one for one in everybody if _has(one[0], text, is_administrator=is_administrator)]
    statuses = {Invalid: HTTPStatus.UNPROCESSABLE_ENTITY, Conflict: HTTPStatus.CONFLICT}
    return await frame.render(
        request,
        "people.html",
        status=HTTPStatus.OK if fault is None else statuses[type(fault)],
        rows=found[:PEOPLE_SHOWN],
        hidden=max(0, len(found) - PEOPLE_SHOWN),
        total=len(everybody),
        text=text,
        roles=tuple(Role),
        teams=await list_teams(frame.ledger, viewer.organization_id, [member for _, member in everybody]),
        form=form or {},
        fault=fault,
        link=None if invited is None else show_link(frame, request, invited.person, invited.link),
        invited=invited,
    )


def _has(person: Person, text: str, *, is_administrator: bool) -> bool:
    """Whether somebody is called so. Who does not see addresses does not find them, either."""
    names = (person.name, person.email) if is_administrator else (person.name,)
    return not text or any(text.casefold() in one.casefold() for one in names)
