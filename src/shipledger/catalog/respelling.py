"""Give the services of a ledger what is newly one name: mappings that were made for a spelling which has another name now."""

from __future__ import annotations

import re

from shipledger.catalog.clone_url import read_clone_url, to_clone_url
from shipledger.catalog.contract import CatalogStore
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.repository import repository_key
from shipledger.catalog.services.model import ChangeService
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import VerdictKind

_PORT = re.compile(r"^([^/:\]]+|\[[^\]]+\]):[0-9]+(?=/)")


_DUTY = Actor(ActorKind.DUTY, "respelling")


async def respell_mappings(store: CatalogStore, asks: Asks, aliases: HostAliases = NO_ALIASES) -> int:
    """Map the present names of repositories that are mapped by a former one; how many. What was mapped stays so.

    A port in a name may be that of SSH, which names had before: without it the repository gets the same service, unless it has
    one.
    """
    count = 0
    for organization in await store.list_organizations():
        mappings = await store.list_mappings(organization.organization_id)
        known = {repository_key(one.repository) for one in mappings}
        for mapping in mappings:
            for name in _present_names(mapping.repository, aliases):
                if repository_key(name) not in known:
                    known.add(repository_key(name))
                    count += await _map(asks, organization.organization_id, mapping.service_id, name)
    return count


async def _map(asks: Asks, organization_id: str, service_id: str, repository: str) -> bool:
    """Whether that was new: the service may be gone by now."""
    asked = ChangeService(service_id, map=(repository,))
    (verdict,) = await asks.ask(organization_id, [asked], operation="respell", actor=_DUTY)
    return verdict.kind is VerdictKind.APPLIED


def _present_names(former: str, aliases: HostAliases) -> list[str]:
    spellings = (former,) if aliases.is_present(former) else (former, _PORT.sub(r"\1", former))
    read = [name for spelling in spellings if (name := read_clone_url(to_clone_url(spelling))) is not None]
    return [*read, *(aliases.rename(name) for name in (former, *read))]
