"""The display names of deployments' services."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from shipledger.catalog.repository import repository_key
from shipledger.cli.ledger import OpenLedger
from shipledger.ledger.deployment import Deployment


class ServiceNames(Struct, frozen=True):
    """``by_repository``: the names of the services that a repository belongs to, by its key."""

    by_repository: Mapping[str, tuple[str, ...]]

    def of(self, deployment: Deployment) -> tuple[str, ...]:
        """The services that its sender named, else those that its repositories belong to."""
        sent = tuple(deployment.facts.services or ())
        keys = dict.fromkeys(repository_key(release.repository) for release in deployment.releases)
        mapped = (name for key in keys for name in self.by_repository.get(key, ()))
        return sent or tuple(dict.fromkeys(mapped))


async def load_service_names(ledger: OpenLedger, organization_id: str) -> ServiceNames:
    """The names in use now."""
    names = {service.service_id: service.name for service in await ledger.list_services(organization_id)}
    by_repository: dict[str, tuple[str, ...]] = {}
    for mapping in await ledger.store.list_mappings(organization_id):
        if mapping.service_id in names:
            key = repository_key(mapping.repository)
            by_repository[key] = (*by_repository.get(key, ()), names[mapping.service_id])
    return ServiceNames(by_repository)
