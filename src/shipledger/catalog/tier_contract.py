"""The tier rules' part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import Tier


class TierPlace(Struct, frozen=True):
    """Deployments with the same environment id and name, sent tier and shown tier."""

    environment_id: str
    name: str
    said: Tier
    tier: Tier


class TierStore(Protocol):
    """The policies of organizations, and the shown tiers of deployments.

    Saving a deployment applies the policy current in the same transaction.
    """

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The policy of an organization; the default one has revision 0."""

    async def list_tier_policies(self) -> dict[str, TierPolicy]:
        """The policies of all organizations that have one of their own."""

    async def list_tier_places(self, organization_id: str) -> list[TierPlace]:
        """Every place of an organization's deployments, in order."""

    async def list_tier_places_as_of(self, organization_id: str, as_of: datetime) -> list[TierPlace]:
        """Those of deployments that were known at a moment and have not changed since."""

    async def count_place(self, organization_id: str, place: TierPlace) -> int:
        """How many deployments went to ``place``."""

    async def count_deployments_by_name(self, organization_id: str, names: Sequence[str]) -> Mapping[str, int]:
        """How many deployments there are to environments with some names, given as they compare; without those that have none."""

    async def find_example(self, organization_id: str, place: TierPlace) -> Deployment | None:
        """Some deployment to ``place``, or None."""

    async def apply_tiers(self, organization_id: str, place: TierPlace, *, limit: int) -> int:
        """Apply the policy to up to ``limit`` deployments of ``place``; how many changed."""
