"""Who belongs to an organization, and as what: the rules shared by pages, commands and the API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import UNSET, Struct, UnsetType

from shipledger.access.people.doorkeeper import Doorkeeper
from shipledger.access.people.link import LIFETIME
from shipledger.access.people.membership.logins import read_login
from shipledger.access.people.membership.model import (
    AddMember,
    ChangeMember,
    KnowMemberAs,
    LinkMember,
    Member,
    MemberSubmission,
    RemoveMember,
)
from shipledger.access.people.person import AccountState, Person, read_email
from shipledger.access.people.roles import Role
from shipledger.access.people.store_contract import PeopleStore
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.identity import new_id
from shipledger.ledger.verdict import Reason, VerdictKind

TEAM_LIMIT = 512


class Invited(Struct, frozen=True):
    """What an invitation made: the person, and the secret of the link that sets their password; "" if they get none."""

    person: Person
    member: Member
    link: str
    is_new: bool

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Invited({self.person!r})"


class Members:
    """The people of organizations. ``by``: who changes something. ``expects``: the version that they saw; 0: any."""

    def __init__(self, store: PeopleStore, doorkeeper: Doorkeeper, asks: Asks, clock: Clock) -> None:
        self._store = store
        self._doorkeeper = doorkeeper
        self._asks = asks
        self._clock = clock

    async def invite(
        self,
        organization_id: str,
        email: str,
        *,
        role: Role | None,
        team_roles: Mapping[str, Role] | None = None,
        name: str = "",
        by: Actor,
        is_operator: bool = False,
    ) -> Invited:
        """Add a person, by address, who gets an account if they have none. Raises Invalid.

        There is a link while the account has never been used. An administrator gets none for an account of another
        organization, which it would open as well; an ``is_operator`` does.
        """
        if role is None and not team_roles:
            raise Invalid("role", f"Choose a role: {', '.join(Role)}.")
        teams = {read_team(team): given for team, given in (team_roles or {}).items()}
        person = await self.find_or_add_person(email, name)
        known = await self._store.find_member(organization_id, person.person_id)
        is_new = known is None
        if known is None:
            await self.add(organization_id, person, role=role, team_roles=teams, by=by)
            known = await self._store.find_member(organization_id, person.person_id)
            if known is None:
                raise Conflict("member", "Somebody has removed this person meanwhile. Try again.")
        link = ""
        if person.state is AccountState.INVITED:
            if is_operator or not await self._store.belongs_elsewhere(organization_id, person.person_id):
                if not is_new:
                    await self._ask(organization_id, LinkMember(known.member_id), "make link", by)
                link = await self._doorkeeper.make_link(organization_id, person.person_id)
        elif is_new and await self._store.belongs_elsewhere(organization_id, person.person_id):
            await self._doorkeeper.forget_links(person.person_id)  # another administrator may still hold one
        return Invited(person=person, member=known, link=link, is_new=is_new)

    async def find_or_add_person(self, email: str, name: str) -> Person:
        """The person with this address, who gets an account if they have none. Raises Invalid."""
        person, _ = await self._doorkeeper.invite(self._new_id(), email, name)
        return person

    async def add(
        self, organization_id: str, person: Person, *, role: Role | None, team_roles: Mapping[str, Role] | None = None, by: Actor
    ) -> None:
        """Take somebody with an account into the organization; nothing happens if they belong to it."""
        asked = AddMember(member_id=self._new_id(), person_id=person.person_id, role=role, team_roles=team_roles or {})
        await self._ask(organization_id, asked, "invite", by)

    async def change(
        self,
        organization_id: str,
        member: Member,
        *,
        role: Role | UnsetType | None = UNSET,
        team_roles: Mapping[str, Role | None] | None = None,
        by: Actor,
        expects: int = 0,
    ) -> bool:
        """Whether that changed what a person is. Raises Invalid, NotFound, and Conflict.

        Conflict: for the last administrator, and if somebody else has changed the person since.
        """
        teams = {read_team(team): given for team, given in (team_roles or {}).items()}
        left = {**member.team_roles, **teams}
        if (member.role if role is UNSET else role) is None and not any(left.values()):
            raise Invalid("role", "A person needs a role in the organization or in a team. Remove the person instead.")
        asked = ChangeMember(member.member_id, role=role, team_roles=teams, expects=expects)
        return await self._ask(organization_id, asked, "change role", by)

    async def remove(self, organization_id: str, member: Member, *, by: Actor, expects: int = 0) -> bool:
        """Take a person out of the organization. Raises NotFound, and Conflict as ``change``."""
        return await self._ask(organization_id, RemoveMember(member.member_id, expects=expects), "remove member", by)

    async def know_as(
        self,
        organization_id: str,
        member: Member,
        *,
        adds: Sequence[str] = (),
        drops: Sequence[str] = (),
        by: Actor,
        expects: int = 0,
    ) -> bool:
        """Say, or take back, what senders call a person; whether that changed anything. Raises Invalid, NotFound, and Conflict.

        Conflict: for a login or an address of somebody else, for too many, and if somebody else has changed the person since.
        """
        said, gone = tuple(map(read_login, adds)), tuple(map(read_login, drops))
        for login in said:
            await self._refuse_address_of_other(organization_id, member, login)
        asked = KnowMemberAs(member.member_id, adds=said, drops=gone, expects=expects)
        return await self._ask(organization_id, asked, "know as", by)

    async def _refuse_address_of_other(self, organization_id: str, member: Member, login: str) -> None:
        """An address means whose account it is, without being said: two who say so at once are told apart when it is read."""
        owner = await self._store.find_person_by_email(login)
        if owner is None or owner.person_id == member.person_id:
            return
        if await self._store.find_member(organization_id, owner.person_id) is not None:
            raise Conflict(str(Reason.NAME_TAKEN), f"{login!r} is the address of somebody else of this organization.")

    async def get(self, organization_id: str, email: str) -> tuple[Person, Member]:
        """A person of the organization, by address. Raises NotFound."""
        person = await self._store.find_person_by_email(read_email(email))
        member = None if person is None else await self._store.find_member(organization_id, person.person_id)
        if person is None or member is None:
            raise NotFound("person", f"Nobody of this organization has the address {email!r}; see `shipledger user list`.")
        return person, member

    async def find(self, organization_id: str, person_id: str) -> tuple[Person, Member] | None:
        """A person of the organization, by id, or None."""
        member = await self._store.find_member(organization_id, person_id)
        person = None if member is None else await self._store.find_person(person_id)
        return None if person is None or member is None else (person, member)

    async def make_password_link(
        self, organization_id: str, person: Person, member: Member, *, by: Actor, is_operator: bool = False
    ) -> str:
        """The secret of a link that sets another password. Raises Conflict where it would open nothing, or too much.

        The account of somebody who belongs to another organization, too, is not one administrator's: an ``is_operator`` alone
        may give it another password.
        """
        if person.state is AccountState.DISABLED:
            raise Conflict(
                "disabled",
                "This account is disabled, so no link opens it. An operator can enable it: `shipledger user enable EMAIL`.",
            )
        if not is_operator and await self._store.belongs_elsewhere(organization_id, person.person_id):
            raise Conflict(
                "elsewhere",
                "This account belongs to another organization too, which a link would open as well. "
                "Ask an operator: `shipledger user reset EMAIL`.",
            )
        await self._ask(organization_id, LinkMember(member.member_id), "make link", by)
        return await self._doorkeeper.make_link(organization_id, person.person_id)

    def link_ends_at(self) -> datetime:
        """When a link that is made now stops to open."""
        return self._clock.now() + LIFETIME

    async def set_disabled(self, email: str, *, is_disabled: bool) -> Person:
        """Keep a person out of every organization, or let them in again.

        Raises NotFound, and Conflict for the last administrator of one.
        """
        person = await self._store.find_person_by_email(read_email(email))
        if person is None:
            raise NotFound("person", f"Nobody has the address {email!r}; see `shipledger user list`.")
        await self._doorkeeper.disable(person, since=self._clock.now() if is_disabled else None)
        return person

    async def find_person(self, person_id: str) -> Person | None:
        """A person by id, or None."""
        return await self._store.find_person(person_id)

    async def is_lone_first(self, person: Person) -> bool:
        """Whether this is the first account, and nobody has ever belonged to an organization."""
        return await self._store.find_lone_first() == person.person_id

    async def list_all(self, organization_id: str) -> Sequence[tuple[Person, Member]]:
        """Everybody of the organization, by address."""
        members = {one.person_id: one for one in await self._store.list_members(organization_id)}
        persons = await self._store.list_persons()
        return [(person, members[person.person_id]) for person in persons if person.person_id in members]

    async def _ask(self, organization_id: str, submission: MemberSubmission, operation: str, by: Actor) -> bool:
        (verdict,) = await self._asks.ask(organization_id, [submission], operation=operation, actor=by)
        if verdict.kind is VerdictKind.REJECTED:
            if verdict.reason is Reason.UNKNOWN_MEMBER:
                raise NotFound("member", verdict.sentence)
            raise Conflict(str(verdict.reason), verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED

    def _new_id(self) -> str:
        return new_id(self._clock.now(), secrets.token_bytes(8))


def read_team(text: str) -> str:
    """The name of a team as it is kept. Raises Invalid."""
    team = text.strip()
    if not 0 < len(team) <= TEAM_LIMIT:
        raise Invalid("team", f"The name of a team has 1 to {TEAM_LIMIT} characters.")
    return team
