"""Who belongs to an organization, and as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET, UnsetType

from shipledger.access.people.link import link_path
from shipledger.access.people.members import Invited
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.ledger.actor import Actor
from shipledger.performing.performer import Performer
from shipledger.verbs.people import LinkMade


class PeoplePerformer(Performer):
    """See ``verbs.people.PeopleVerbs``."""

    async def list_people(self, organization_id: str) -> Sequence[tuple[Person, Member]]:
        """Everybody, by address."""
        return await self._parts.members.list_all(organization_id)

    async def find_person(self, organization_id: str, person_id: str) -> tuple[Person, Member] | None:
        """Somebody of the organization by id."""
        return await self._parts.members.find(organization_id, person_id)

    async def invite_person(
        self, organization_id: str, email: str, *, role: Role | None, team_roles: Mapping[str, Role], name: str, by: Actor
    ) -> tuple[Invited, LinkMade | None]:
        """Add somebody, with the link that they get."""
        members = self._parts.members
        invited = await members.invite(organization_id, email, role=role, team_roles=team_roles, name=name, by=by)
        link = await self._to_link(organization_id, invited.person, invited.link) if invited.link else None
        return invited, link

    async def change_person(
        self,
        organization_id: str,
        member: Member,
        *,
        role: Role | UnsetType | None = UNSET,
        team_roles: Mapping[str, Role | None],
        by: Actor,
        expects: int,
    ) -> bool:
        """Whether that changed what somebody is."""
        members = self._parts.members
        return await members.change(organization_id, member, role=role, team_roles=team_roles, by=by, expects=expects)

    async def know_person_as(
        self, organization_id: str, member: Member, *, adds: Sequence[str], drops: Sequence[str], by: Actor, expects: int
    ) -> bool:
        """Say, or take back, what senders call somebody."""
        members = self._parts.members
        return await members.know_as(organization_id, member, adds=adds, drops=drops, by=by, expects=expects)

    async def remove_person(self, organization_id: str, member: Member, *, by: Actor, expects: int) -> bool:
        """Take somebody out of the organization."""
        return await self._parts.members.remove(organization_id, member, by=by, expects=expects)

    async def make_password_link(self, organization_id: str, person: Person, member: Member, *, by: Actor) -> LinkMade:
        """A link that sets another password."""
        secret = await self._parts.members.make_password_link(organization_id, person, member, by=by)
        return await self._to_link(organization_id, person, secret)

    async def _to_link(self, organization_id: str, person: Person, secret: str) -> LinkMade:
        membership = await self._parts.store.find_membership(organization_id, person.person_id)
        slug = "" if membership is None else membership[0].slug
        return LinkMade(link_path(secret, slug), self._parts.members.link_ends_at())
