"""The services of an organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.service import Service, ServiceDraft
from shipledger.catalog.services.relation import RelationKind, ServiceRelation
from shipledger.found import Found
from shipledger.ledger.actor import Actor
from shipledger.ledger.aggregate import RecordEntry


class ServiceVerbs(Protocol):
    """The services of an organization. ``by``: who changes it."""

    async def create_service(self, organization_id: str, draft: ServiceDraft, *, by: Actor) -> Service:
        """The new service. Raises Conflict if the name is taken."""

    async def find_service(self, organization_id: str, service_id: str) -> Service | None:
        """The service with this id, or None."""

    async def find_service_ids(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name; unknown ones are left out."""

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> tuple[list[Service], int]:
        """A page of services by name, and how many there are."""

    async def list_services_after(self, organization_id: str, name: str, *, limit: int, team: str = "") -> Found[Service]:
        """A page of services by name, after a name without case; "" is before all. ``team``: of this one alone, in any case."""

    async def list_service_names(self, organization_id: str) -> Found[ServiceName]:
        """The further names of all services."""

    async def list_service_relations(self, organization_id: str) -> Found[ServiceRelation]:
        """The relations between services."""

    async def relate_service(self, organization_id: str, service_id: str, kind: RelationKind, other: str, *, by: Actor) -> None:
        """Record that a service depends on another one, or contains it, unless it does. Raises NotFound and Invalid."""

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories."""

    async def add_service_name(self, organization_id: str, service_id: str, name: str, *, by: Actor) -> None:
        """Add a further name to a service, unless it has it. Raises NotFound, Invalid, and Conflict if it is taken."""

    async def map_repository(self, organization_id: str, service_id: str, repository: str, *, by: Actor) -> None:
        """Map a repository to a service, unless it is. Raises NotFound and Invalid."""

    async def update_service(
        self, organization_id: str, service_id: str, changes: Mapping[str, Any], *, by: Actor
    ) -> Service | None:
        """The changed service, or None. ``changes`` maps field names of ServiceDraft. Raises Conflict if the name is taken."""

    async def delete_service(self, organization_id: str, service_id: str, *, by: Actor) -> bool:
        """Whether there was such a service. Removes its mappings, never a deployment."""

    async def merge_service(self, organization_id: str, service_id: str, into: str, *, by: Actor) -> Service:
        """The service ``into``, an id, with the names, repositories and deployments of another. Raises NotFound and Invalid."""

    async def list_service_changes(self, organization_id: str, service_id: str) -> Sequence[RecordEntry]:
        """The entries of a service, oldest first; also of one that was deleted."""
