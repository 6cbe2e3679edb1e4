"""What the catalog makes of names: repositories, teams, tiers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.environments import EnvironmentChange, Environments, KnownEnvironment, Preview
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tier_rules import RulePreview, TierChange, TierRules
from shipledger.catalog.tiering.model import KIND, SUBJECT
from shipledger.catalog.tiers import TierPolicy
from shipledger.errors import Unavailable
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.performing.performer import Performer

NAMING_SECONDS = 2.0


class CatalogPerformer(Performer):
    """See ``verbs.catalog.CatalogVerbs``."""

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str], *, by: Actor) -> None:
        """Let repositories keep the services of their former names.

        It never stands in the way of a report: what fails or takes too long is left to the next one. Many that name the same
        repository at once ask once.
        """
        known, names = self._parts.known_repositories, dict.fromkeys(map(self._parts.aliases.rename, repositories))
        if all(known.has(organization_id, one) for one in names):
            return
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(NAMING_SECONDS), known.turn_of(organization_id):
                new = [one for one in names if not known.has(organization_id, one)]
                await self._parts.repository_names.remember(organization_id, new, by=by)
                for repository in new:
                    known.see(organization_id, repository)

    async def find_mapped_services(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some repositories belong to."""
        return await self._parts.store.find_services_of_repositories(
            organization_id, [self._parts.aliases.rename(one) for one in repositories]
        )

    async def list_teams(self, organization_id: str) -> Mapping[str, str]:
        """The team of every service that has one, by the service's name without case."""
        return await self._parts.store.list_teams(organization_id)

    async def find_tier_policy(self, organization_id: str) -> TierPolicy:
        """The rules of an organization."""
        return await self._parts.store.find_tier_policy(organization_id)

    async def read_known_people(self, organization_id: str) -> KnownPeople:
        """Whom senders mean."""
        return await self._parts.store.read_known_people(organization_id)

    async def preview_tier_rules(self, organization_id: str, change: TierChange) -> RulePreview:
        """What a change of the rules for tiers would move."""
        return await TierRules(self._parts.store, self._parts.asks).preview(organization_id, change)

    async def change_tier_rules(
        self, organization_id: str, change: TierChange, *, by: Actor, expects: int | None = None
    ) -> tuple[TierPolicy, bool]:
        """The policy that stands after a change, and whether all recorded deployments follow it."""
        rules = TierRules(self._parts.store, self._parts.asks)
        return await rules.change_and_apply(organization_id, change, by=by, expects=expects)

    async def list_environments(self, organization_id: str) -> list[TierPlace]:
        """Every environment that deployments have."""
        return await self._parts.store.list_tier_places(organization_id)

    async def list_tier_changes(self, organization_id: str) -> Sequence[RecordEntry]:
        """The entries of the rules for tiers."""
        return await self._parts.store.list_entries_of(KIND, organization_id, SUBJECT)

    async def find_environment(self, organization_id: str, name: str) -> KnownEnvironment | None:
        """The environment with a name."""
        return await self._environments.find(organization_id, name)

    async def preview_environments(self, organization_id: str, changes: Sequence[EnvironmentChange]) -> Preview:
        """What changes of environments would move."""
        return await self._environments.preview(organization_id, changes)

    async def change_environments(
        self, organization_id: str, changes: Sequence[EnvironmentChange], *, by: Actor, expects: int | None = None
    ) -> bool:
        """Change environments."""
        return await self._environments.change_and_apply(organization_id, changes, by=by, expects=expects)

    @property
    def _environments(self) -> Environments:
        return Environments(self._parts.store, self._parts.asks)
