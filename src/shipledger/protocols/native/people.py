"""People of an organization: who they are, invitations, roles. For tokens that may administer."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from shipledger.access.grant import Grant
from shipledger.access.people.membership.logins import login_key
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import AccountState, Person, email_key
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.found import Found
from shipledger.protocols.contract import Route
from shipledger.protocols.links import base_url_of
from shipledger.protocols.native import listing
from shipledger.protocols.native.call import Admission, read_text, reply
from shipledger.protocols.native.credentials import ADMINISTER
from shipledger.protocols.native.cursor import FORMAT, LIMIT, NAME, Place, read_cursor
from shipledger.protocols.native.faults import Fault, not_found
from shipledger.protocols.native.pages import Asked, PagedList, choose_type, cut_page
from shipledger.protocols.native.parameters import Parameters
from shipledger.protocols.native.people_bodies import ROLES, PersonChangeIn, read_invitation, read_person_change
from shipledger.protocols.native.people_wire import InvitedOut, PasswordLinkOut, PersonOut
from shipledger.protocols.native.vocabulary import PREFIX
from shipledger.protocols.times import format_known_time, format_time
from shipledger.verbs.calls import CallVerbs
from shipledger.verbs.people import LinkMade, PeopleVerbs

PATH = f"{PREFIX}/people"
COLUMNS = PersonOut.__struct_fields__
STATES = {state.value: state for state in AccountState}
PARAMETERS = ("role", "team", "state", NAME, LIMIT, FORMAT)
GREATEST_VERSION = 999_999_999


class Verbs(CallVerbs, PeopleVerbs, Protocol):
    """What is asked of the ledger here."""


class PeopleOperations:
    """The operations on people."""

    def __init__(self, ledger: Verbs, admission: Admission, *, public_url: str) -> None:
        self._ledger = ledger
        self._admission = admission
        self._public_url = public_url
        self._list = PagedList(ledger, "people", COLUMNS, public_url=public_url)

    def routes(self) -> Sequence[Route]:
        """Its operations. None is open to a token that was not given the right expressly."""
        admit = self._admission.endpoint
        return (
            Route("GET", PATH, admit(ADMINISTER, self.list_page), base=PREFIX),
            Route("POST", PATH, admit(ADMINISTER, self.invite), base=PREFIX),
            Route("GET", f"{PATH}/{{id}}", admit(ADMINISTER, self.get), base=PREFIX),
            Route("PATCH", f"{PATH}/{{id}}", admit(ADMINISTER, self.change), base=PREFIX),
            Route("DELETE", f"{PATH}/{{id}}", admit(ADMINISTER, self.remove), base=PREFIX),
            Route("POST", f"{PATH}/{{id}}/link", admit(ADMINISTER, self.make_link), base=PREFIX),
        )

    async def list_page(self, request: Request, grant: Grant) -> Response:
        """200 with a page by address; another one begins where its cursor says."""
        parameters = Parameters(request.query_params, PARAMETERS)
        role, state = parameters.word("role", ROLES, {}), parameters.word("state", STATES, {})
        team = parameters.text("team").casefold()
        limit = parameters.number(LIMIT, default=listing.DEFAULT_LIMIT, maximum=listing.MAX_LIMIT)
        after, media_type = read_cursor(parameters), choose_type(request, parameters)
        parameters.check()
        shown = [
            one
            for one in await self._ledger.list_people(grant.organization_id)
            if role in (None, one[1].role)
            and state in (None, one[0].state)
            and (not team or team in map(str.casefold, one[1].team_roles))
            and (after is None or place_of(one) > after)
        ]
        return await self._list.answer(
            Asked(request, grant.organization_id, parameters, media_type),
            cut_page(Found(shown[: limit + 1]), limit=limit, place_of=place_of),
            _to_row,
        )

    async def invite(self, request: Request, grant: Grant) -> Response:
        """201 with the person and the link; 200 for who belongs to the organization already."""
        text = await read_text(request)
        asked = await self._ledger.compute(grant.organization_id, lambda: read_invitation(text), size=len(text))
        try:
            invited, link = await self._ledger.invite_person(
                grant.organization_id,
                asked.email,
                role=asked.role,
                team_roles=asked.teams,
                name=asked.name,
                by=grant.actor,
            )
        except (Invalid, Conflict) as error:
            raise _fault_of(error) from None
        body = InvitedOut(
            **asdict(to_person(invited.person, invited.member)),
            is_new=invited.is_new,
            link=None if link is None else self._write_link(request, link),
            link_ends_at=format_known_time(None if link is None else link.ends_at),
        )
        status = HTTPStatus.CREATED if invited.is_new else HTTPStatus.OK
        return reply(self._ledger.new_request_id(), status, body)

    async def get(self, request: Request, grant: Grant) -> Response:
        """200 with somebody; or 404."""
        return self._answer(*await self._find(request, grant))

    async def change(self, request: Request, grant: Grant) -> Response:
        """200 with the person after the change; 409 for the last administrator, and if somebody was faster."""
        text = await read_text(request)
        asked = await self._ledger.compute(grant.organization_id, lambda: read_person_change(text), size=len(text))
        _, member = await self._find(request, grant)
        try:
            await self._apply(grant, member, asked)
        except (Invalid, NotFound, Conflict) as error:
            raise _fault_of(error) from None
        return self._answer(*await self._find(request, grant))

    async def _apply(self, grant: Grant, member: Member, asked: PersonChangeIn) -> None:
        owner, by, expects = grant.organization_id, grant.actor, asked.version
        if asked.logins is None:
            await self._ledger.change_person(owner, member, role=asked.role, team_roles=asked.teams, by=by, expects=expects)
        else:
            drops = [one for one in member.logins if login_key(one) not in set(map(login_key, asked.logins))]
            await self._ledger.know_person_as(owner, member, adds=asked.logins, drops=drops, by=by, expects=expects)

    async def remove(self, request: Request, grant: Grant) -> Response:
        """204; the person no longer belongs to the organization."""
        parameters = Parameters(request.query_params, ("version",))
        version = parameters.number("version", default=0, maximum=GREATEST_VERSION)
        parameters.check()
        _, member = await self._find(request, grant)
        try:
            await self._ledger.remove_person(grant.organization_id, member, by=grant.actor, expects=version)
        except (NotFound, Conflict) as error:
            raise _fault_of(error) from None
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"X-Request-Id": self._ledger.new_request_id()})

    async def make_link(self, request: Request, grant: Grant) -> Response:
        """201 with a link; 409 for an account that belongs to another organization too, or is disabled."""
        person, member = await self._find(request, grant)
        try:
            made = await self._ledger.make_password_link(grant.organization_id, person, member, by=grant.actor)
        except (NotFound, Conflict) as error:
            raise _fault_of(error) from None
        body = PasswordLinkOut(self._write_link(request, made), format_time(made.ends_at))
        return reply(self._ledger.new_request_id(), HTTPStatus.CREATED, body)

    async def _find(self, request: Request, grant: Grant) -> tuple[Person, Member]:
        found = await self._ledger.find_person(grant.organization_id, request.path_params["id"])
        if found is None:
            raise not_found("person")
        return found

    def _answer(self, person: Person, member: Member) -> Response:
        return reply(self._ledger.new_request_id(), HTTPStatus.OK, to_person(person, member))

    def _write_link(self, request: Request, link: LinkMade) -> str:
        return f"{base_url_of(request, self._public_url)}{link.path}"


def place_of(one: tuple[Person, Member]) -> Place:
    """Where somebody stands in a list."""
    return 0, email_key(one[0].email)


def to_person(person: Person, member: Member) -> PersonOut:
    """Somebody as this API tells of them."""
    return PersonOut(
        id=person.person_id,
        email=person.email,
        name=person.name,
        role=member.role,
        teams={team: str(role) for team, role in sorted(member.team_roles.items())},
        state=person.state,
        since=format_time(member.since),
        last_seen_at=format_known_time(person.seen_at),
        version=member.version,
        logins=member.logins,
    )


def _to_row(one: tuple[Person, Member]) -> PersonOut:
    return to_person(*one)


def _fault_of(error: Invalid | NotFound | Conflict) -> Fault:
    """The same sentence as on pages and in commands."""
    if isinstance(error, Invalid):
        return Fault(HTTPStatus.UNPROCESSABLE_ENTITY, error.message, errors={error.code: error.message})
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotFound) else HTTPStatus.CONFLICT
    return Fault(status, error.message)
