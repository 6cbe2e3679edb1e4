"""What the organization calls deployments' services and environments."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from shipledger.access.people.known_people import KnownPeople
from shipledger.catalog.repository import repository_key
from shipledger.cli.ledger import OpenLedger
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames


class DisplayNames(Struct, frozen=True):
    """``by_repository``: the names of the services that a repository belongs to, by its key. ``environments``: their names.

    ``people``: whom senders mean.
    """

    by_repository: Mapping[str, tuple[str, ...]]
    environments: EnvironmentNames
    people: KnownPeople

    def of(self, deployment: Deployment) -> tuple[str, ...]:
        """The services that its sender named, else those that its repositories belong to."""
        sent = tuple(deployment.facts.services or ())
        keys = dict.fromkeys(repository_key(release.repository) for release in deployment.releases)
        mapped = (name for key in keys for name in self.by_repository.get(key, ()))
        return sent or tuple(dict.fromkeys(mapped))


async def load_display_names(ledger: OpenLedger, organization_id: str) -> DisplayNames:
    """The names in use now."""
    names = {service.service_id: service.name for service in await ledger.list_services(organization_id)}
    by_repository: dict[str, tuple[str, ...]] = {}
    for mapping in await ledger.store.list_mappings(organization_id):
        if mapping.service_id in names:
            key = repository_key(mapping.repository)
            by_repository[key] = (*by_repository.get(key, ()), names[mapping.service_id])
    policy = await ledger.store.find_tier_policy(organization_id)
    return DisplayNames(by_repository, policy.names, await ledger.store.read_known_people(organization_id))
