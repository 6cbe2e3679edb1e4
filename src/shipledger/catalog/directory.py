"""Create, change and map services: the rules shared by all interfaces."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.contract import CatalogStore, RepositoryMapping, ServiceName
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.catalog.repositories.model import LeaveFormerName
from shipledger.catalog.repository import name_to_map
from shipledger.catalog.service import FURTHER_NAME_LIMIT, SERVICE_NAME_LIMIT, Service, ServiceDraft, slugify
from shipledger.catalog.services.model import ChangeService, DeclareService, RemoveService, ServiceFacts, ServiceSubmission
from shipledger.catalog.services.relation import Relation, RelationKind, ServiceRelation
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound, Unstorable
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.identity import new_id
from shipledger.ledger.verdict import Reason, VerdictKind
from shipledger.texts import storable

SLUG_LIMIT = 100


class Recorded(Protocol):
    """A known repository."""

    @property
    def repository(self) -> str:
        """Its name."""


class ListsRepositories(Protocol):
    """Who lists repositories."""

    async def list_repositories(self, organization_id: str) -> Sequence[Recorded]:
        """Every repository that deployments name or services are mapped to."""


class DirectoryStore(CatalogStore, ListsRepositories, Protocol):
    """The part of the store that the rules need."""


class Directory:
    """Services and organizations, by the rules."""

    def __init__(self, store: DirectoryStore, clock: Clock, asks: Asks, *, aliases: HostAliases = NO_ALIASES) -> None:
        self._store = store
        self._asks = asks
        self._clock = clock
        self._aliases = aliases

    async def ensure_default_organization(self) -> Organization:
        """The default organization, created if missing."""
        found = await self._store.find_organization(DEFAULT_SLUG)
        if found is not None:
            return found
        try:
            return await self.create_organization(DEFAULT_SLUG, "Default organization")
        except Conflict:
            return await self.get_organization(DEFAULT_SLUG)

    async def create_organization(self, slug: str, name: str) -> Organization:
        """A new organization. Raises Invalid for an invalid slug, Conflict if it is taken."""
        if slug != slugify(slug) or len(slug) > SLUG_LIMIT:
            raise Invalid(
                "slug", f"{slug!r} is not a valid slug; use at most {SLUG_LIMIT} lower-case letters, digits and hyphens."
            )
        now = self._clock.now()
        organization = Organization(
            organization_id=new_id(now, secrets.token_bytes(8)), slug=slug, name=name or slug, created_at=now
        )
        await self._store.save_organization(organization)
        return organization

    async def get_organization(self, slug: str) -> Organization:
        """The organization with this slug. Raises NotFound."""
        found = await self._store.find_organization(slug)
        if found is None:
            raise NotFound("organization", f"There is no organization {slug!r}; see `shipledger organization list`.")
        return found

    async def create_service(self, organization_id: str, draft: ServiceDraft, *, by: Actor) -> Service:
        """A new service. Raises Conflict if its name is taken, Invalid if it is too long."""
        _check_name(draft.name)
        facts = ServiceFacts(description=draft.description, team_id=draft.team_id, visibility=draft.visibility, tags=draft.tags)
        asked = DeclareService(service_id=new_id(self._clock.now(), secrets.token_bytes(8)), name=draft.name, facts=facts)
        await self._ask(organization_id, asked, "create service", by)
        return await self.get_service(organization_id, asked.service_id)

    async def update_service(
        self, organization_id: str, service_id: str, changes: Mapping[str, Any], *, by: Actor
    ) -> Service | None:
        """The service with ``changes`` (fields of ServiceDraft), or None. The slug stays, so links keep working."""
        _check_name(changes.get("name", ""))
        facts = ServiceFacts(**changes)
        try:
            await self._ask(organization_id, ChangeService(service_id, facts=facts), "change service", by)
        except NotFound:
            return None
        return await self._find_by_id(organization_id, service_id)

    async def delete_service(self, organization_id: str, service_id: str, *, by: Actor) -> bool:
        """Whether there was such a service. Removes its names and mappings, never a deployment."""
        try:
            return await self._ask(organization_id, RemoveService(service_id), "delete service", by)
        except NotFound:
            return False

    async def get_service(self, organization_id: str, service: str) -> Service:
        """The service with this id, slug or name. Raises NotFound."""
        found = await self._store.find_service(organization_id, service)
        if found is None:
            raise NotFound("service", f"There is no service {service!r}; see `shipledger service list`.")
        return found

    async def add_service_name(self, organization_id: str, service: str, name: str, *, by: Actor) -> tuple[ServiceName, bool]:
        """Add a further name to a service; and whether it is new. Raises NotFound, Invalid, Conflict."""
        further = await self._service_name(organization_id, service, name)
        asked = ChangeService(further.service_id, add_names=(further.name,))
        return further, await self._ask(organization_id, asked, "add name", by)

    async def remove_service_name(self, organization_id: str, service: str, name: str, *, by: Actor) -> tuple[ServiceName, bool]:
        """Remove a further name from a service; and whether it existed. Raises NotFound, Invalid."""
        further = await self._service_name(organization_id, service, name)
        asked = ChangeService(further.service_id, remove_names=(further.name,))
        return further, await self._ask(organization_id, asked, "remove name", by)

    async def map_repository(
        self, organization_id: str, service: str, repository: str, *, by: Actor
    ) -> tuple[RepositoryMapping, bool]:
        """Map a repository, in any spelling, to a service; and whether it is new. Raises NotFound, Invalid."""
        mapping = await self._mapping(organization_id, service, repository)
        return mapping, await self._ask(organization_id, ChangeService(mapping.service_id, map=(mapping.repository,)), "map", by)

    async def unmap_repository(
        self, organization_id: str, service: str, repository: str, *, by: Actor
    ) -> tuple[RepositoryMapping, bool]:
        """Remove a mapping, including one by a former name; and whether it existed. Raises NotFound, Invalid."""
        mapping = await self._mapping(organization_id, service, repository)
        names = (mapping.repository, storable(repository.strip()))
        followed = [
            one for one in names if await self._store.is_mapped_by_guess(organization_id, replace(mapping, repository=one))
        ]
        asked = ChangeService(mapping.service_id, unmap=names)
        was_mapped = await self._ask(organization_id, asked, "unmap", by, *map(LeaveFormerName, followed))
        return mapping, was_mapped or bool(followed)

    async def relate_service(
        self, organization_id: str, service: str, kind: RelationKind, other: str, *, by: Actor
    ) -> tuple[ServiceRelation, bool]:
        """Record that a service depends on another one, or contains it; and whether that is new. Raises NotFound, Invalid."""
        relation = await self._relation(organization_id, service, kind, other)
        if await self._store.list_ids_of_relation(organization_id, relation):
            return relation, False
        asked = ChangeService(relation.service_id, relate=(Relation(kind, relation.other_id),))
        return relation, await self._ask(organization_id, asked, "relate", by)

    async def unrelate_service(
        self, organization_id: str, service: str, kind: RelationKind, other: str, *, by: Actor
    ) -> tuple[ServiceRelation, bool]:
        """Undo ``relate_service``; and whether there was such a relation. Raises NotFound."""
        relation = await self._relation(organization_id, service, kind, other)
        held = await self._store.list_ids_of_relation(organization_id, relation)
        asked = ChangeService(relation.service_id, unrelate=tuple(Relation(kind, one) for one in held or (relation.other_id,)))
        return relation, await self._ask(organization_id, asked, "unrelate", by)

    async def _service_name(self, organization_id: str, service: str, name: str) -> ServiceName:
        text = storable(name.strip())
        if not 0 < len(text) <= FURTHER_NAME_LIMIT:
            raise Invalid("service_name", f"A name of a service must have 1 to {FURTHER_NAME_LIMIT} characters.")
        found = await self.get_service(organization_id, service)
        return ServiceName(service_id=found.service_id, name=text)

    async def _relation(self, organization_id: str, service: str, kind: RelationKind, other: str) -> ServiceRelation:
        found = [await self.get_service(organization_id, name) for name in (service, other)]
        return ServiceRelation(found[0].service_id, kind, found[1].service_id)

    async def _mapping(self, organization_id: str, service: str, repository: str) -> RepositoryMapping:
        found = await self.get_service(organization_id, service)
        return RepositoryMapping(
            service_id=found.service_id,
            repository=storable(await find_name_to_map(self._store, organization_id, repository, self._aliases)),
        )

    async def _find_by_id(self, organization_id: str, service_id: str) -> Service | None:
        found = await self._store.find_service(organization_id, service_id)
        return found if found is not None and found.service_id == service_id else None

    async def _ask(
        self, organization_id: str, submission: ServiceSubmission, operation: str, by: Actor, *besides: LeaveFormerName
    ) -> bool:
        """Whether it changed something. ``besides``: also in its receipt. Raises NotFound, and Conflict if a name is taken."""
        verdict, *_ = await self._asks.ask(organization_id, [submission, *besides], operation=operation, actor=by)
        if verdict.reason is Reason.UNKNOWN_SERVICE:
            raise NotFound("service_not_found", "No service of this organization has this id.")
        if verdict.reason is Reason.UNKNOWN_TARGET:
            raise NotFound("service_not_found", verdict.sentence)
        if verdict.reason is Reason.CONTRADICTION:
            raise Invalid("service_relation", verdict.sentence)
        if verdict.reason is Reason.NAME_TAKEN:
            raise Conflict("service_name_taken", verdict.sentence)
        if verdict.kind is VerdictKind.REJECTED:
            raise Unstorable("unstorable", verdict.sentence)
        return verdict.kind is VerdictKind.APPLIED


async def find_name_to_map(ledger: ListsRepositories, organization_id: str, text: str, aliases: HostAliases = NO_ALIASES) -> str:
    """The name of a repository that somebody wants to map, in any spelling. Raises Invalid as ``name_to_map`` does."""
    is_address = read_clone_url(text.strip()) is not None
    recorded = [] if is_address else [one.repository for one in await ledger.list_repositories(organization_id)]
    return aliases.rename(name_to_map(text, recorded))


def _check_name(name: str) -> None:
    if len(name) > SERVICE_NAME_LIMIT:
        raise Invalid("service_name", f"The name of a service may have at most {SERVICE_NAME_LIMIT} characters.")
