"""The services of deployments, as a table shows them: those that were sent, else those of their repositories."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from msgspec import Struct

from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.verbs.browsing import CatalogBrowsing


class ServiceLink(Struct, frozen=True):
    """A service by its name. ``id`` is "" where only a sender knows it."""

    id: str
    name: str


OfDeployments: TypeAlias = Mapping[str, tuple[ServiceLink, ...]]
"""The services of deployments, by the ids of these."""

NO_SERVICES: OfDeployments = {}


async def find_services(ledger: CatalogBrowsing, organization_id: str, deployments: Iterable[Deployment]) -> OfDeployments:
    """The services of each of ``deployments``."""
    shown = list(deployments)
    sent = {one.deployment_id: tuple(dict.fromkeys(known(one.facts.services) or ())) for one in shown}
    wanted = sorted({name for names in sent.values() for name in names})
    ids = await ledger.find_named_services(organization_id, wanted) if wanted else {}
    mapped = await _find_mapped(ledger, organization_id, [one for one in shown if not sent[one.deployment_id]])
    named = {one: tuple(ServiceLink(ids.get(name, ""), name) for name in names) for one, names in sent.items()}
    return {one: links or mapped.get(one, ()) for one, links in named.items()}


async def _find_mapped(
    ledger: CatalogBrowsing, organization_id: str, deployments: Iterable[Deployment]
) -> dict[str, tuple[ServiceLink, ...]]:
    keys = {
        one.deployment_id: list(dict.fromkeys(repository_key(release.repository) for release in one.releases))
        for one in deployments
    }
    wanted = {key for of_one in keys.values() for key in of_one}
    if not wanted:
        return {}
    by_key: dict[str, list[str]] = {}
    for mapping in await ledger.list_mappings(organization_id):
        if (key := repository_key(mapping.repository)) in wanted:
            by_key.setdefault(key, []).append(mapping.service_id)
    found = await asyncio.gather(
        *(ledger.find_service(organization_id, one) for one in sorted({one for of_key in by_key.values() for one in of_key}))
    )
    links = {one.service_id: ServiceLink(one.service_id, one.name) for one in found if one is not None}
    return {
        deployment_id: tuple(dict.fromkeys(links[one] for key in of_one for one in by_key.get(key, ()) if one in links))
        for deployment_id, of_one in keys.items()
    }
