"""To which organizations people belong; part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shipledger.access.people.known_people import KnownPeople
from shipledger.access.people.membership.model import Member
from shipledger.catalog.organization import Organization


class MembershipStore(Protocol):
    """Memberships with their organizations."""

    async def find_membership(self, organization_id: str, person_id: str) -> tuple[Organization, Member] | None:
        """An organization and what a person is there, or None for somebody who does not belong to it."""

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        """Whom senders mean: who belongs to an organization, and who has left it. Changed names may be seen 2 seconds later."""

    async def list_memberships(self, person_id: str) -> Sequence[tuple[Organization, Member]]:
        """The organizations that a person belongs to, by slug, and as what. It asks all of them, so not for every page."""
