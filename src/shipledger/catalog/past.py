"""The services and the rules for tiers that the ledger knew at a moment. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.repositories.model import Repository
from shipledger.catalog.repositories.rows import list_links
from shipledger.catalog.repository import repository_key
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.services.names import FURTHER, ID, aliases_of, known_by
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
    ``names``: the keys of all names of a repository that had several, by that of each.
    """

    services: tuple[ServiceRecord, ...]
    repositories: Mapping[str, Mapping[str, str]]
    sources: Sources
    named: Mapping[Alias, ServiceRecord]
    relations: tuple[ServiceRelation, ...]
    hosts: HostAliases
    names: Mapping[str, frozenset[str]]

    def find(self, name: str) -> ServiceRecord | None:
        """The service with an id, else a slug, else a name, else a further name; None if none has it."""
        return next((self.named[alias] for alias in aliases_of(storable(name)) if alias in self.named), None)

    def names_of(self, repository: str) -> frozenset[str]:
        """The keys of all names of a repository; none of ""."""
        key = _key_of(self.hosts.rename(repository))
        return self.names.get(key, frozenset([key])) if repository else frozenset()

    def list_owners(self, repositories: Iterable[str]) -> list[str]:
        """The names of the services that some repositories, by their canonical names, belong to."""
        keys = {_key_of(self.hosts.rename(one)) for one in repositories}
        return sorted(one.draft.name for one in self.services if not keys.isdisjoint(self.repositories[one.service_id]))


def make_past_services(
    known: Past[ServiceRecord], named: Past[Repository], sources: Sources, hosts: HostAliases = NO_ALIASES
) -> PastServices:
    """The services that were known, by the names of repositories that were known. Their hosts are those of today."""
    ordered = sorted(known.records, key=lambda one: (one.draft.name.casefold(), one.service_id))
    own = {one.service_id: {_key_of(name): name for name in one.repositories} for one in ordered}
    mapped = {key for keys in own.values() for key in keys}
    links = [link for one in named.records for link in list_links(one)]
    following = [one for one in links if not (one.is_guess and mapped & {one.name_key, one.present_key})]
    entered = [word for word, past in ((SERVICES, known), (FORMER_NAMES, named)) if past.is_as_entered]
    same = {key: frozenset(map(_key_of, one.names)) for one in named.records for key in map(_key_of, one.names)}
    called = {alias: one for one in ordered for alias in known_by(one)}
    return PastServices(
        services=tuple(ordered),
        repositories={
            service_id: {one.name_key: one.name for one in following if one.other_key in keys} | keys
            for service_id, keys in own.items()
        },
        sources=sources | Sources(by_first_entries=frozenset(entered)),
        named=called,
        relations=_list_relations(ordered, called),
        hosts=hosts,
        names=same,
    )


def _list_relations(services: Iterable[ServiceRecord], called: Mapping[Alias, ServiceRecord]) -> tuple[ServiceRelation, ...]:
    """Relations between services that were there; the id of a merged one meant what it had become."""
    found = {
        (one.service_id, to.kind, other.service_id)
        for one in services
        for to in one.relations
        if (other := called.get(Alias(ID, to.service_id)) or called.get(Alias(FURTHER, to.service_id.casefold()))) is not None
    }
    return tuple(ServiceRelation(*one) for one in sorted(found) if one[0] != one[2])


def _key_of(repository: str) -> str:
    return indexable(repository_key(storable(repository)))
