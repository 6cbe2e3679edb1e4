"""The services of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.services.model import KIND
from shipledger.catalog.services.relation import RelationKind, ServiceRelation
from shipledger.found import Found
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry
from shipledger.performing.performer import Performer, tell_damaged


class ServicePerformer(Performer):
    """See ``verbs.services.ServiceVerbs``."""

    async def create_service(self, organization_id: str, draft: ServiceDraft, *, by: Actor) -> Service:
        """The new service."""
        return await self._parts.directory.create_service(organization_id, draft, by=by)

    async def find_service(self, organization_id: str, service_id: str) -> Service | None:
        """The service with this id, or None."""
        found = await self._parts.store.find_service(organization_id, service_id)
        return found if found is not None and found.service_id == service_id else None

    async def find_service_ids(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name; unknown ones are left out."""
        return await self._parts.store.find_named_services(organization_id, names)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> tuple[list[Service], int]:
        """A page of services by name, and how many there are."""
        page = await self._parts.store.list_services(organization_id, offset=offset, limit=limit)
        return page, await self._parts.store.count_services(organization_id)

    async def list_services_after(self, organization_id: str, name: str, *, limit: int, team: str = "") -> Found[Service]:
        """A page of services by name."""
        return tell_damaged(await self._parts.store.list_services_after(organization_id, name, limit=limit, team=team))

    async def list_service_names(self, organization_id: str) -> Found[ServiceName]:
        """The further names of all services."""
        return tell_damaged(await self._parts.store.list_service_names(organization_id))

    async def list_service_relations(self, organization_id: str) -> Found[ServiceRelation]:
        """The relations between services."""
        return tell_damaged(await self._parts.store.list_service_relations(organization_id))

    async def relate_service(self, organization_id: str, service_id: str, kind: RelationKind, other: str, *, by: Actor) -> None:
        """Record that a service depends on another one, or contains it."""
        await self._parts.directory.relate_service(organization_id, service_id, kind, other, by=by)

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories."""
        return tell_damaged(await self._parts.store.list_mappings(organization_id))

    async def add_service_name(self, organization_id: str, service_id: str, name: str, *, by: Actor) -> None:
        """Add a further name to a service."""
        await self._parts.directory.add_service_name(organization_id, service_id, name, by=by)

    async def map_repository(self, organization_id: str, service_id: str, repository: str, *, by: Actor) -> None:
        """Map a repository to a service."""
        await self._parts.directory.map_repository(organization_id, service_id, repository, by=by)

    async def update_service(
        self, organization_id: str, service_id: str, changes: Mapping[str, Any], *, by: Actor
    ) -> Service | None:
        """The changed service, or None."""
        return await self._parts.directory.update_service(organization_id, service_id, changes, by=by)

    async def delete_service(self, organization_id: str, service_id: str, *, by: Actor) -> bool:
        """Whether there was such a service."""
        return await self._parts.directory.delete_service(organization_id, service_id, by=by)

    async def merge_service(self, organization_id: str, service_id: str, into: str, *, by: Actor) -> Service:
        """The service that both are now."""
        return await self._parts.merging.merge(organization_id, service_id, into, by=by)

    async def list_service_changes(self, organization_id: str, service_id: str) -> Sequence[RecordEntry]:
        """The entries of a service, oldest first."""
        return await self._parts.store.list_entries_of(KIND, organization_id, service_id)
