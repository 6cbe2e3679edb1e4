"""Deployments: one, a page, and what remedied what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Target
from shipledger.performing.performer import Performer, tell_damaged
from shipledger.verbs import remedies
from shipledger.verbs.deployments import DeploymentScan, DeploymentSearch


class DeploymentPerformer(Performer):
    """See ``verbs.deployments.DeploymentVerbs``."""

    def at_its_host(self, repository: str) -> str:
        """A repository by the one host that it has here."""
        return self._parts.aliases.rename(repository)

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The deployment meant by ``target``, or None."""
        return await self._parts.store.find_deployment(organization_id, target)

    async def find_told_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """The same as its own sender told it."""
        found = await self._parts.store.find_deployment(organization_id, target)
        return None if found is None else found.alone

    async def search_deployments(self, organization_id: str, search: DeploymentSearch) -> list[Deployment]:
        """The page of deployments of services."""
        found = await self._parts.store.search_deployments(
            organization_id,
            service_ids=search.service_ids,
            environment_ids=search.environment_ids,
            started_from=search.started_from,
            ended_until=search.ended_until,
            offset=search.offset,
            limit=search.limit,
        )
        return tell_damaged(found)

    async def scan_deployments(self, organization_id: str, scan: DeploymentScan, after: Deployment | None) -> Found[Deployment]:
        """The page of a scan after a deployment, or its first."""
        found = await self._parts.store.scan_deployments(
            organization_id,
            services=scan.services,
            started_from=scan.started_from,
            started_until=scan.started_until,
            is_ascending=scan.is_ascending,
            after=after,
            limit=scan.limit,
        )
        return tell_damaged(found)

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        """A page of deployments, newest start first."""
        named = replace(wanted, repository=self._parts.aliases.rename(wanted.repository) if wanted.repository else "")
        return tell_damaged(await self._parts.store.list_deployments(organization_id, named))

    async def find_remedies(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The deployments that remedied some, by the id of the remedied one."""
        return await remedies.find_remedies(self._parts.store, deployments)

    async def find_remedied(self, deployments: Sequence[Deployment]) -> Mapping[str, Deployment]:
        """The newest deployment that each remedied, by the id of the remedy."""
        return await remedies.find_remedied(self._parts.store, deployments)
