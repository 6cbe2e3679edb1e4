"""Repositories, and their names."""

from __future__ import annotations

from shipledger.catalog.repository import RepositoryRecord
from shipledger.ledger.actor import Actor
from shipledger.performing.performer import Performer


class RepositoryPerformer(Performer):
    """See ``verbs.repositories.RepositoryVerbs``."""

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """Every repository."""
        return await self._parts.store.list_repositories(organization_id)

    async def find_repository_keys(self, organization_id: str, repository: str) -> frozenset[str]:
        """All names of a repository; none of ""."""
        if not repository:
            return frozenset()
        return frozenset(await self._parts.store.list_repository_keys(organization_id, self._parts.aliases.rename(repository)))

    async def rename_repository(self, organization_id: str, former: str, present: str, *, by: Actor) -> None:
        """A repository is called otherwise now."""
        await self._parts.repository_names.rename(organization_id, former, present, by=by)

    async def separate_repository(self, organization_id: str, former: str, present: str, *, by: Actor) -> None:
        """Two repositories are not the same after all."""
        await self._parts.repository_names.separate(organization_id, former, present, by=by)
