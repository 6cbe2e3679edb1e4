"""What the catalog makes of names: repositories, teams, tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.ledger.state import Tier


class CatalogVerbs(Protocol):
    """What the catalog makes of names: repositories, teams, tiers."""

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str], *, by: Actor) -> None:
        """Let repositories keep the services of their former names. ``by``: who named them."""

    async def find_mapped_services(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some repositories, by their canonical names, belong to."""

    async def list_teams(self, organization_id: str) -> Mapping[str, str]:
        """The team of every service of the catalog that has one, by the service's name without case."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The tier policy of an organization."""

    async def list_environments(self, organization_id: str) -> list[TierPlace]:
        """Every environment that deployments have, by id, name and the tier that senders said."""

    async def list_tier_changes(self, organization_id: str) -> Sequence[RecordEntry]:
        """The entries of the rules for tiers, and of tiers set by hand, oldest first."""

    async def set_tiers(self, organization_id: str, tiers: Mapping[str, Tier], *, by: Actor) -> bool:
        """Set the tiers of environments, by their ids or names, over what senders and rules say.

        Whether all recorded deployments have them; else they get them in the background. Raises Invalid, and Conflict if
        somebody else changes tiers all the time.
        """
