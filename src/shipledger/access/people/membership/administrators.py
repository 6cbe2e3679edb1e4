"""Who else administers an organization: what decides whether somebody may stop to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from shipledger.access.people.membership.decide import may_end_administration
from shipledger.access.people.membership.model import Member
from shipledger.access.people.membership.names import ID
from shipledger.access.people.roles import Role
from shipledger.ledger.aggregate import Asked
from shipledger.ledger.by_name import Around
from shipledger.ledger.submission import Alias


class Reader(Protocol):
    """What of a store is asked."""

    async def list_members(self, organization_id: str) -> Sequence[Member]:
        """The memberships of an organization."""

    async def list_disabled(self, person_ids: Sequence[str]) -> list[str]:
        """Those of some persons who cannot sign in."""


async def look_around(store: Reader, asked: Sequence[Asked]) -> Around:
    """The administrators of organizations in which somebody may stop to be one, and who of them cannot sign in."""
    owners = sorted({one.receipt.organization_id for one in asked if may_end_administration(one.submission)})
    found = [one for owner in owners for one in list_administrators(await store.list_members(owner))]
    names = [(one.organization_id, Alias(ID, one.member_id)) for one in found]
    persons = sorted({one.person_id for one in found})
    return Around(names, frozenset(await store.list_disabled(persons)) if persons else frozenset[str]())


def list_administrators(members: Iterable[Member]) -> list[Member]:
    """Those who have the role in the organization itself."""
    return [one for one in members if one.role is Role.ADMINISTRATOR and not one.is_removed]
