"""What the catalog asks of a store; part of ``store.contract.Store``."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.catalog.service import Service


class RepositoryMapping(Struct, frozen=True):
    """A repository that belongs to a service."""

    service_id: str
    repository: str


class CatalogStore(Protocol):
    """Organizations, services and their repositories."""

    async def save_organization(self, organization: Organization) -> None:
        """Add an organization. Raises Conflict when its slug is taken."""

    async def find_organization(self, slug: str) -> Organization | None:
        """The organization with this slug, or None."""

    async def list_organizations(self) -> list[Organization]:
        """All organizations by slug."""

    async def create_service(self, service: Service) -> None:
        """Add a service. Raises Conflict (code ``service_name_taken``) when the name is taken, compared without case."""

    async def save_service(self, service: Service) -> None:
        """Replace a service. Raises NotFound, or Conflict as above."""

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """Remove a service and its mappings; whether there was one."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name (in this order), or None."""

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> list[Service]:
        """A page of services by name."""

    async def count_services(self, organization_id: str) -> int:
        """How many services there are."""

    async def list_mappings(self, organization_id: str) -> list[RepositoryMapping]:
        """Every service with its repositories."""

    async def map_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """Map a canonical repository to a service; False when it was mapped already."""

    async def unmap_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """Remove a mapping; whether there was one."""
