"""The first account of a ledger, which administers its default organization."""

from __future__ import annotations

from shipledger.access.people.members import Members
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.verbs.browsing import FoundingVerbs


class FirstAccount:
    """Takes the first person of all into the default organization: account and membership are no single transaction."""

    def __init__(self, directory: FoundingVerbs, members: Members) -> None:
        self._directory = directory
        self._members = members

    async def take_in(self, person: Person) -> str:
        """The id of the organization that ``person`` administers now."""
        organization = await self._directory.ensure_default_organization()
        by = Actor(ActorKind.PERSON, person.person_id)
        await self._members.add(organization.organization_id, person, role=Role.ADMINISTRATOR, by=by)
        return organization.organization_id

    async def finish(self, person: Person) -> bool:
        """Take in the first person where that was interrupted, and nobody has ever belonged to any organization."""
        if not await self._members.is_lone_first(person):
            return False
        await self.take_in(person)
        return True
