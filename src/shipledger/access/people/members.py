"""Who belongs to an organization, and as what: the rules shared by pages, commands and the API."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from msgspec import UNSET, Struct, UnsetType

from shipledger.access.people.doorkeeper import Doorkeeper
from shipledger.access.people.membership.model import AddMember, ChangeMember, Member, MemberSubmission, RemoveMember
from shipledger.access.people.person import Person, read_email
from shipledger.access.people.roles import Role
from shipledger.access.people.store_contract import PeopleStore
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.identity import new_id
from shipledger.ledger.verdict import VerdictKind

TEAM_LIMIT = 512


class Invited(Struct, frozen=True):
    """What an invitation made: the person, and the secret of the link that sets their password; "" if they have one."""

    person: Person
    member: Member
    link: str
    is_new: bool

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Invited({self.person!r})"


class Members:
    """The people of organizations. ``by``: who changes something."""

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
    ) -> Invited:
        """Add a person, by address, who gets an account if they have none. Raises Invalid."""
        if role is None and not team_roles:
            raise Invalid("role", f"Choose a role: {', '.join(Role)}.")
        teams = {_read_team(team): given for team, given in (team_roles or {}).items()}
        person = await self.find_or_add_person(email, name)
        known = await self._store.find_member(organization_id, person.person_id)
        if known is None:
            await self.add(organization_id, person, role=role, team_roles=teams, by=by)
            known = await self._store.find_member(organization_id, person.person_id)
            if known is None:
                raise Conflict("member", "Somebody has removed this person meanwhile. Try again.")
            is_new = True
        else:
            is_new = False
        link = "" if person.password else await self._doorkeeper.make_link(organization_id, person.person_id)
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
        email: str,
        *,
        role: Role | UnsetType | None = UNSET,
        team_roles: Mapping[str, Role | None] | None = None,
        by: Actor,
    ) -> bool:
        """Whether that changed what a person is. Raises NotFound, and Conflict for the last administrator."""
        person, member = await self.get(organization_id, email)
        if member.role is Role.ADMINISTRATOR and role is not UNSET and role is not Role.ADMINISTRATOR:
            await self._keep_an_administrator(organization_id, person)
        teams = {_read_team(team): given for team, given in (team_roles or {}).items()}
        return await self._ask(organization_id, ChangeMember(member.member_id, role=role, team_roles=teams), "change role", by)

    async def remove(self, organization_id: str, email: str, *, by: Actor) -> bool:
        """Take a person out of the organization. Raises NotFound, and Conflict for the last administrator."""
        person, member = await self.get(organization_id, email)
        if member.role is Role.ADMINISTRATOR:
            await self._keep_an_administrator(organization_id, person)
        return await self._ask(organization_id, RemoveMember(member.member_id), "remove member", by)

    async def get(self, organization_id: str, email: str) -> tuple[Person, Member]:
        """A person of the organization, by address. Raises NotFound."""
        person = await self._store.find_person_by_email(read_email(email))
        member = None if person is None else await self._store.find_member(organization_id, person.person_id)
        if person is None or member is None:
            raise NotFound("person", f"Nobody of this organization has the address {email!r}; see `shipledger user list`.")
        return person, member

    async def make_password_link(self, organization_id: str, person: Person) -> str:
        """The secret of a link that sets the password of a person."""
        return await self._doorkeeper.make_link(organization_id, person.person_id)

    async def set_disabled(self, email: str, *, is_disabled: bool) -> Person:
        """Keep a person out of every organization, or let them in again. Raises NotFound."""
        person = await self._store.find_person_by_email(read_email(email))
        if person is None:
            raise NotFound("person", f"Nobody has the address {email!r}; see `shipledger user list`.")
        await self._doorkeeper.disable(person, since=self._clock.now() if is_disabled else None)
        return person

    async def find_person(self, person_id: str) -> Person | None:
        """A person by id, or None."""
        return await self._store.find_person(person_id)

    async def list_all(self, organization_id: str) -> Sequence[tuple[Person, Member]]:
        """Everybody of the organization, by address."""
        members = {one.person_id: one for one in await self._store.list_members(organization_id)}
        persons = await self._store.list_persons()
        return [(person, members[person.person_id]) for person in persons if person.person_id in members]

    async def _keep_an_administrator(self, organization_id: str, leaving: Person) -> None:
        for person, member in await self.list_all(organization_id):
            is_other = person.person_id != leaving.person_id and person.disabled_at is None
            if is_other and member.role is Role.ADMINISTRATOR:
                return
        raise Conflict(
            "last_administrator", "This is the organization's last administrator. Make somebody else an administrator first."
        )

    async def _ask(self, organization_id: str, submission: MemberSubmission, operation: str, by: Actor) -> bool:
        (verdict,) = await self._asks.ask(organization_id, [submission], operation=operation, actor=by)
        if verdict.kind is VerdictKind.REJECTED:
            raise NotFound("member", verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED

    def _new_id(self) -> str:
        return new_id(self._clock.now(), secrets.token_bytes(8))


def _read_team(text: str) -> str:
    team = text.strip()
    if not 0 < len(team) <= TEAM_LIMIT:
        raise Invalid("team", f"The name of a team has 1 to {TEAM_LIMIT} characters.")
    return team
