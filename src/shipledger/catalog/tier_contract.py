"""What the rules for tiers ask of a store; part of ``store.contract.Store``."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import Tier


class TierPlace(Struct, frozen=True):
    """Deployments that agree in the id and name of their environment, its tier as it was said, and as it is shown."""

    environment_id: str
    name: str
    said: Tier
    tier: Tier


class TierStore(Protocol):
    """The policy of each organization, and the tiers that deployments are shown with.

    Whatever saves a deployment gives it the tier by the policy that stands in the same transaction.
    """

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization; the default one, with revision 0, when it has changed nothing."""

    async def list_tier_policies(self) -> dict[str, TierPolicy]:
        """The policies of all organizations that have one of their own."""

    async def save_tier_policy(self, organization_id: str, policy: TierPolicy) -> None:
        """Replace the policy that has the revision of ``policy``, and count it up. Raises Conflict when there is another."""

    async def list_tier_places(self, organization_id: str) -> list[TierPlace]:
        """Every place that deployments of an organization went to, in order."""

    async def count_place(self, organization_id: str, place: TierPlace) -> int:
        """How many deployments went to ``place``."""

    async def find_example(self, organization_id: str, place: TierPlace) -> Deployment | None:
        """Some deployment to ``place``, or None."""

    async def apply_tiers(self, organization_id: str, place: TierPlace, *, limit: int) -> int:
        """Give up to ``limit`` deployments of ``place`` the tier by the policy; how many that changed."""
