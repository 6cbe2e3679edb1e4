"""Whether what pages show is being computed anew, and why."""

from __future__ import annotations

from typing import Protocol

from shipledger.catalog.retiering import tier_by
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.history import RULES

UPGRADE = "upgrade"
TIERS = "tiers"


class Reader(Protocol):
    """What of the ledger is asked."""

    async def find_projection_rules(self) -> int:
        """The version of the rules by which what is shown was made from entries."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization."""

    async def list_tier_places(self, organization_id: str) -> list[TierPlace]:
        """Every place of an organization's deployments, with the tier that they are shown with."""


async def find_work_under_way(ledger: Reader, organization_id: str) -> str:
    """Why something may be missing, or stand in another tier: UPGRADE, TIERS, or "" if nothing may.

    The deployments themselves are the mark of rules that were not applied to all of them yet: they have another tier.
    """
    if await ledger.find_projection_rules() != RULES:
        return UPGRADE
    policy = await ledger.find_tier_policy(organization_id)
    places = await ledger.list_tier_places(organization_id)
    return TIERS if any(tier_by(policy, place) is not place.tier for place in places) else ""
