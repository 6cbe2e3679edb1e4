"""The services of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shipledger.catalog.service import Service, ServiceDraft
from shipledger.performing.performer import Performer


class ServicePerformer(Performer):
    """See ``verbs.services.ServiceVerbs``."""

    async def create_service(self, organization_id: str, draft: ServiceDraft) -> Service:
        """The new service."""
        return await self._parts.directory.create_service(organization_id, draft)

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

    async def update_service(self, organization_id: str, service_id: str, changes: Mapping[str, Any]) -> Service | None:
        """The changed service, or None."""
        return await self._parts.directory.update_service(organization_id, service_id, changes)

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """Whether there was such a service."""
        return await self._parts.store.delete_service(organization_id, service_id)
