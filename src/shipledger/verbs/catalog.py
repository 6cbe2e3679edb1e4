"""What the organization makes of names: repositories, teams, tiers, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.environments import EnvironmentChange, KnownEnvironment, Preview
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tier_rules import RulePreview, TierChange
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry


class CatalogVerbs(Protocol):
    """What the organization makes of names: repositories, teams, tiers, people."""

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str], *, by: Actor) -> None:
        """Let repositories keep the services of their former names. ``by``: who named them."""

    async def find_mapped_services(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some repositories, by their canonical names, belong to."""

    async def list_teams(self, organization_id: str) -> Mapping[str, str]:
        """The team of every service of the catalog that has one, by the service's name without case."""

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The tier policy of an organization."""

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        """Whom senders mean: who belongs to an organization, and who has left it."""

    async def preview_tier_rules(self, organization_id: str, change: TierChange) -> RulePreview:
        """What a change of the rules for tiers would move. Raises Invalid and NotFound."""

    async def change_tier_rules(
        self, organization_id: str, change: TierChange, *, by: Actor, expects: int | None = None
    ) -> tuple[TierPolicy, bool]:
        """The policy that stands after a change, and whether all recorded deployments follow it.

        Raises Invalid, NotFound, and Conflict if the revision is not the one that it ``expects``.
        """

    async def list_environments(self, organization_id: str) -> list[TierPlace]:
        """Every environment that deployments have, by id, name and the tier that senders said."""

    async def list_tier_changes(self, organization_id: str) -> Sequence[RecordEntry]:
        """The entries of the rules for tiers, tiers set by hand and names of environments, oldest first."""

    async def find_environment(self, organization_id: str, name: str) -> KnownEnvironment | None:
        """The environment with a name, or None if no deployment has that and it stands for nothing."""

    async def preview_environments(self, organization_id: str, changes: Sequence[EnvironmentChange]) -> Preview:
        """What changes of environments would move. Raises what ``change_environments`` does."""

    async def change_environments(
        self, organization_id: str, changes: Sequence[EnvironmentChange], *, by: Actor, expects: int | None = None
    ) -> bool:
        """Change tiers and names of environments, all or none, over what senders and rules say.

        Whether all recorded deployments have their tiers; else they get them in the background. ``expects``: the revision of
        the rules that whoever asks has seen. Raises Invalid, NotFound, and Conflict if somebody else changed them.
        """
