"""Create, change and map services: the rules shared by all interfaces."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from shipledger.catalog.clone_url import read_clone_url
from shipledger.catalog.contract import CatalogStore, RepositoryAlias, RepositoryMapping, ServiceName
from shipledger.catalog.host_aliases import NO_ALIASES, HostAliases
from shipledger.catalog.organization import DEFAULT_SLUG, Organization
from shipledger.catalog.repository import former_name, name_to_map
from shipledger.catalog.service import SERVICE_NAME_LIMIT, Service, ServiceDraft, own_slug, slugify
from shipledger.clock import Clock
from shipledger.errors import Conflict, Invalid, NotFound
from shipledger.ledger.identity import new_id

SLUG_LIMIT = 100
FURTHER_NAME_LIMIT = 255


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

    def __init__(self, store: DirectoryStore, clock: Clock, *, aliases: HostAliases = NO_ALIASES) -> None:
        self._store = store
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

    async def create_service(self, organization_id: str, draft: ServiceDraft) -> Service:
        """A new service. Raises Conflict if its name is taken, Invalid if it is too long."""
        _check_name(draft.name)
        now = self._clock.now()
        service_id = new_id(now, secrets.token_bytes(8))
        service = Service(
            organization_id=organization_id,
            service_id=service_id,
            slug=await self._free_slug(organization_id, draft.name, service_id),
            draft=draft,
            created_at=now,
        )
        await self._store.create_service(service)
        return service

    async def update_service(self, organization_id: str, service_id: str, changes: Mapping[str, Any]) -> Service | None:
        """The service with ``changes`` (fields of ServiceDraft), or None. The slug stays, so links keep working."""
        found = await self._store.find_service(organization_id, service_id)
        if found is None or found.service_id != service_id:
            return None
        changed = replace(found, draft=replace(found.draft, **changes))
        _check_name(changed.name)
        await self._store.save_service(changed)
        return changed

    async def get_service(self, organization_id: str, service: str) -> Service:
        """The service with this id, slug or name. Raises NotFound."""
        found = await self._store.find_service(organization_id, service)
        if found is None:
            raise NotFound("service", f"There is no service {service!r}; see `shipledger service list`.")
        return found

    async def add_service_name(self, organization_id: str, service: str, name: str) -> tuple[ServiceName, bool]:
        """Add a further name to a service; and whether it is new. Raises NotFound, Invalid, Conflict."""
        further = await self._service_name(organization_id, service, name)
        taken = (await self._store.find_named_services(organization_id, [further.name])).get(further.name)
        if taken is not None and taken != further.service_id:
            raise Conflict("service_name_taken", f"Another service already has the name {further.name!r}.")
        return further, await self._store.add_service_name(organization_id, further)

    async def remove_service_name(self, organization_id: str, service: str, name: str) -> tuple[ServiceName, bool]:
        """Remove a further name from a service; and whether it existed. Raises NotFound, Invalid."""
        further = await self._service_name(organization_id, service, name)
        return further, await self._store.remove_service_name(organization_id, further)

    async def map_repository(self, organization_id: str, service: str, repository: str) -> tuple[RepositoryMapping, bool]:
        """Map a repository, in any spelling, to a service; and whether it is new. Raises NotFound, Invalid."""
        mapping = await self._mapping(organization_id, service, repository)
        return mapping, await self._store.map_repository(organization_id, mapping)

    async def unmap_repository(self, organization_id: str, service: str, repository: str) -> tuple[RepositoryMapping, bool]:
        """Remove a mapping, including one by a former name; and whether it existed. Raises NotFound, Invalid."""
        mapping = await self._mapping(organization_id, service, repository)
        former = replace(mapping, repository=repository.strip())
        return mapping, await self._store.unmap_repository(organization_id, mapping, former)

    async def remember_former_name(self, organization_id: str, repository: str) -> None:
        """Let a repository, by its canonical name, keep the services that it had under an earlier one, if it had another."""
        former = former_name(repository)
        if former is not None:
            await self._store.add_repository_alias(organization_id, RepositoryAlias(repository=repository, former_name=former))

    async def _service_name(self, organization_id: str, service: str, name: str) -> ServiceName:
        text = name.strip()
        if not 0 < len(text) <= FURTHER_NAME_LIMIT:
            raise Invalid("service_name", f"A name of a service must have 1 to {FURTHER_NAME_LIMIT} characters.")
        found = await self.get_service(organization_id, service)
        return ServiceName(service_id=found.service_id, name=text)

    async def _mapping(self, organization_id: str, service: str, repository: str) -> RepositoryMapping:
        found = await self.get_service(organization_id, service)
        return RepositoryMapping(
            service_id=found.service_id,
            repository=await find_name_to_map(self._store, organization_id, repository, self._aliases),
        )

    async def _free_slug(self, organization_id: str, name: str, service_id: str) -> str:
        slug = slugify(name)
        taken = await self._store.find_service(organization_id, slug)
        return slug if taken is None or taken.slug != slug else own_slug(slug, service_id)


async def find_name_to_map(ledger: ListsRepositories, organization_id: str, text: str, aliases: HostAliases = NO_ALIASES) -> str:
    """The name of a repository that somebody wants to map, in any spelling. Raises Invalid as ``name_to_map`` does."""
    is_address = read_clone_url(text.strip()) is not None
    recorded = [] if is_address else [one.repository for one in await ledger.list_repositories(organization_id)]
    return aliases.rename(name_to_map(text, recorded))


def _check_name(name: str) -> None:
    if len(name) > SERVICE_NAME_LIMIT:
        raise Invalid("service_name", f"The name of a service may have at most {SERVICE_NAME_LIMIT} characters.")
