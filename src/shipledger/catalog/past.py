"""The services and the rules for tiers that the ledger knew at a moment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from shipledger.catalog.contract import FormerName
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.repository import repository_key
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.services.names import aliases_of, known_by
from shipledger.catalog.services.relation import ServiceRelation
from shipledger.catalog.tiers import TierPolicy
from shipledger.ledger.past import Past, Sources
from shipledger.ledger.submission import Alias
from shipledger.texts import indexable, storable

TIER_RULES, SERVICES, FORMER_NAMES = "tier_rules", "services", "former_names"
"""What answers call these kinds."""


class PastTiers(Struct, frozen=True):
    """The rules for tiers, and tiers set by hand, that were known."""

    policy: TierPolicy
    sources: Sources


class PastServices(Struct, frozen=True):
    """The services that were known, by name.

    ``repositories``: those of each service, by its id, as keys and as they are written, with those that follow a former name.
    """

    services: tuple[ServiceRecord, ...]
    repositories: Mapping[str, Mapping[str, str]]
    sources: Sources
    named: Mapping[Alias, ServiceRecord]
    relations: tuple[ServiceRelation, ...]
    hosts: HostAliases

    def find(self, name: str) -> ServiceRecord | None:
        """The service with an id, else a slug, else a name, else a further name; None if none has it."""
        return next((self.named[alias] for alias in aliases_of(storable(name)) if alias in self.named), None)

    def list_owners(self, repositories: Iterable[str]) -> list[str]:
        """The names of the services that some repositories, by their canonical names, belong to."""
        keys = {_key_of(self.hosts.rename(one)) for one in repositories}
        return sorted(one.draft.name for one in self.services if not keys.isdisjoint(self.repositories[one.service_id]))


def make_past_services(
    known: Past[ServiceRecord], former_names: Iterable[FormerName], sources: Sources, hosts: HostAliases = NO_ALIASES
) -> PastServices:
    """The services that were known. What repositories were called before, and their hosts, are those of today."""
    ordered = sorted(known.records, key=lambda one: (one.draft.name.casefold(), one.service_id))
    own = {one.service_id: {_key_of(name): name for name in one.repositories} for one in ordered}
    mapped = {key for keys in own.values() for key in keys}
    names = list(former_names)
    following = [one for one in names if one.is_followed and one.repository_key not in mapped]
    by_todays = frozenset([FORMER_NAMES] if names else [])
    return PastServices(
        services=tuple(ordered),
        repositories={
            service_id: keys | {one.repository_key: one.repository for one in following if one.former_key in keys}
            for service_id, keys in own.items()
        },
        sources=sources | Sources(by_todays, frozenset([SERVICES] if known.is_as_entered else [])),
        named={alias: one for one in ordered for alias in known_by(one)},
        relations=tuple(
            ServiceRelation(one.service_id, to.kind, to.service_id)
            for one in sorted(ordered, key=lambda one: one.service_id)
            for to in sorted(one.relations, key=lambda to: (to.kind, to.service_id))
            if to.service_id in own
        ),
        hosts=hosts,
    )


def _key_of(repository: str) -> str:
    return indexable(repository_key(storable(repository)))
