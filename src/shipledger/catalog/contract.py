"""The catalog's part of ``store.contract.Store``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.catalog.organization import Organization
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.service import Service
from shipledger.catalog.services.relation import RelatedService, ServiceRelation
from shipledger.found import Found
from shipledger.ledger.state import Tier
from shipledger.ledger.submission import Alias


class RepositoryMapping(Struct, frozen=True):
    """A repository of a service, mapped itself or, then ``former_name``, by another name of it."""

    service_id: str
    repository: str
    former_name: str = ""


class ServiceName(Struct, frozen=True):
    """A further name of a service, used by senders."""

    service_id: str
    name: str


class CatalogStore(Protocol):
    """Organizations, services and their repositories, and what a project of issues has shipped."""

    async def save_organization(self, organization: Organization) -> None:
        """Add an organization. Raises Conflict if its slug is taken."""

    async def find_organization(self, slug: str) -> Organization | None:
        """The organization with this slug, or None."""

    async def list_organizations(self) -> Found[Organization]:
        """All organizations by slug."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name (in this order), or None."""

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> Found[Service]:
        """A page of services by name."""

    async def list_services_after(self, organization_id: str, name: str, *, limit: int, team: str = "") -> Found[Service]:
        """A page of services by name, after a name without case; "" is before all. ``team``: of this one alone, in any case."""

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        """The team of every service that has one, by the service's name without case."""

    async def count_services(self, organization_id: str) -> int:
        """How many services there are."""

    async def list_service_names(self, organization_id: str) -> Found[ServiceName]:
        """The further names of all services."""

    async def list_service_relations(self, organization_id: str) -> Found[ServiceRelation]:
        """The relations between services, by service, kind and other service. One to a merged service is one to its successor."""

    async def list_related_services(
        self, organization_id: str, service_id: str, *, limit: int
    ) -> tuple[list[RelatedService], int]:
        """The services that one has to do with, its own relations first, and how many there are."""

    async def list_ids_of_relation(self, organization_id: str, relation: ServiceRelation) -> list[str]:
        """The ids under which a service has a relation: that of the other one, and of services that were merged into it."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The id of a service for each of ``names`` that is the id, slug, name or further name of one."""

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        """Every service with its repositories, including those mapped through former names."""

    async def find_services_of_repositories(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that some canonical repositories belong to."""

    async def list_former_services(self, organization_id: str) -> list[tuple[Service, tuple[str, ...], tuple[str, ...]]]:
        """Services that no entry declares, since a version before entries wrote them, with further names and repositories."""

    async def is_mapped_by_guess(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """Whether a repository belongs to a service by a name that it may have had before."""

    async def list_repository_names(self, organization_id: str) -> dict[str, str]:
        """The present name of each repository that has several, by each of its names without case."""

    async def list_repository_keys(self, organization_id: str, repository: str) -> list[str]:
        """The keys of all names of a repository, given by any canonical one, which comes first."""

    async def list_former_repositories(self, organization_id: str) -> list[tuple[NameRepository, bool]]:
        """What names repositories that no entry names, and whether each follows the name that it may have had before."""

    async def count_successes_by_week(self, organization_id: str, alias: Alias, *, tier: Tier, since: datetime) -> dict[int, int]:
        """The number of first successes of deployments with ``alias`` per week since ``since``; empty weeks are left out.

        Weeks are counted from Monday 1969-12-29, UTC: ISO 8601 weeks.
        """
