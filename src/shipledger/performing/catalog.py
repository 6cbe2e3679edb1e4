"""What the catalog makes of names: repositories, teams, tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipledger.catalog.tiers import TierPolicy
from shipledger.performing.performer import Performer


class CatalogPerformer(Performer):
    """See ``verbs.catalog.CatalogVerbs``."""

    async def keep_former_names(self, organization_id: str, repositories: Sequence[str]) -> None:
        """Let repositories keep the services of their former names."""
        for repository in map(self._parts.aliases.rename, repositories):
            if not self._parts.known_repositories.has(organization_id, repository):
                await self._parts.directory.remember_former_name(organization_id, repository)
                self._parts.known_repositories.see(organization_id, repository)

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
