"""Who belongs to an organization, and as what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import UNSET, Struct, UnsetType

from shipledger.access.people.members import Invited
from shipledger.access.people.membership.model import Member
from shipledger.access.people.person import Person
from shipledger.access.people.roles import Role
from shipledger.ledger.actor import Actor


class LinkMade(Struct, frozen=True):
    """A link that sets a password: its path, and when it stops to open."""

    path: str
    ends_at: datetime

    def __repr__(self) -> str:
        """Without the secret."""
        return f"LinkMade(ends_at={self.ends_at!r})"


class PeopleVerbs(Protocol):
    """The people of an organization. ``by``: who changes it. ``expects``: the version that they saw; 0: any."""

    async def list_people(self, organization_id: str) -> Sequence[tuple[Person, Member]]:
        """Everybody, by address."""

    async def find_person(self, organization_id: str, person_id: str) -> tuple[Person, Member] | None:
        """Somebody of the organization by id, or None."""

    async def invite_person(
        self, organization_id: str, email: str, *, role: Role | None, team_roles: Mapping[str, Role], name: str, by: Actor
    ) -> tuple[Invited, LinkMade | None]:
        """Add somebody, by address, with the link that they get. Raises Invalid and Conflict."""

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
        """Whether that changed what somebody is. Raises Invalid, NotFound and Conflict."""

    async def know_person_as(
        self, organization_id: str, member: Member, *, adds: Sequence[str], drops: Sequence[str], by: Actor, expects: int
    ) -> bool:
        """Say, or take back, what senders call somebody. Raises Invalid, NotFound and Conflict."""

    async def remove_person(self, organization_id: str, member: Member, *, by: Actor, expects: int) -> bool:
        """Take somebody out of the organization. Raises NotFound and Conflict."""

    async def make_password_link(self, organization_id: str, person: Person, member: Member, *, by: Actor) -> LinkMade:
        """A link that sets another password. Raises NotFound and Conflict."""
