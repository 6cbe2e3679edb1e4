"""Organizations, services and their repositories."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.contract import RepositoryMapping, ServiceName
from shipledger.catalog.organization import Organization
from shipledger.catalog.repositories.model import NameRepository
from shipledger.catalog.service import Service
from shipledger.catalog.services.relation import RelatedService, RelationKind, ServiceRelation
from shipledger.found import Found, whole
from shipledger.store import rows
from shipledger.store.checked_rows import with_digest
from shipledger.store.deployments.listing import list_names_of
from shipledger.store.projections.subscribers import SqlProjecting
from shipledger.store.row_reading import Row, owned_by, read_each, reads


class SqlCatalog(SqlProjecting):
    """What deployments are of."""

    async def save_organization(self, organization: Organization) -> None:
        await self._execute("save_organization", **with_digest("organization", rows.from_organization(organization)))

    async def find_organization(self, slug: str) -> Organization | None:
        row = await self._fetch("find_organization", slug=rows.storable(slug))
        return None if row is None else rows.to_organization(row)

    async def list_organizations(self) -> Found[Organization]:
        return read_each(rows.to_organization, await self._fetch("list_organizations"))

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        name = rows.storable(service)
        row = await self._fetch("find_service_by_name", organization_id=organization_id, service=name, name_key=name.casefold())
        return None if row is None else rows.to_service(row)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> Found[Service]:
        found = await self._fetch("list_services", organization_id=organization_id, offset=offset, limit=limit)
        return read_each(rows.to_service, found)

    async def list_services_after(self, organization_id: str, name: str, *, limit: int, team: str = "") -> Found[Service]:
        known = await self._fetch("list_team_ids", organization_id=organization_id) if team else ()
        teams = [one for (one,) in known if one.casefold() == team.casefold()]
        if team and not teams:
            return Found()
        found = await self._fetch(
            "list_services_after",
            organization_id=organization_id,
            after_key=rows.storable(name.casefold()),
            teams=rows.to_json(teams),
            limit=limit,
        )
        return read_each(rows.to_service, found)

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        found = await self._fetch("list_teams", organization_id=organization_id)
        return dict(read_each(_to_team, owned_by(organization_id, found)))

    async def count_services(self, organization_id: str) -> int:
        count: int = await self._fetch("count_services", organization_id=organization_id)
        return count

    async def list_service_names(self, organization_id: str) -> Found[ServiceName]:
        found = await self._fetch("list_service_names", organization_id=organization_id)
        return read_each(_to_service_name, owned_by(organization_id, found))

    async def list_service_relations(self, organization_id: str) -> Found[ServiceRelation]:
        found = await self._fetch("list_service_relations", organization_id=organization_id)
        return read_each(_to_relation, owned_by(organization_id, found))

    async def list_related_services(
        self, organization_id: str, service_id: str, *, limit: int
    ) -> tuple[list[RelatedService], int]:
        found = await self._fetch("list_related_services", organization_id=organization_id, service_id=service_id, limit=limit)
        related = [
            RelatedService(kind=RelationKind(kind), is_own=bool(is_own), service_id=other, slug=slug, name=name)
            for kind, is_own, other, slug, name, _ in found
        ]
        return related, found[0][5] if found else 0

    async def list_ids_of_relation(self, organization_id: str, relation: ServiceRelation) -> list[str]:
        found = await self._fetch(
            "list_ids_of_relation",
            organization_id=organization_id,
            service_id=relation.service_id,
            kind=relation.kind.value,
            other_id=relation.other_id,
        )
        return [other_id for (other_id,) in found]

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        keys = rows.to_json((rows.storable(name), rows.storable(name.casefold())) for name in names)
        return dict(await self._fetch("find_named_services", organization_id=organization_id, names=keys))

    async def list_mappings(self, organization_id: str) -> Found[RepositoryMapping]:
        found = await self._fetch("list_mappings", organization_id=organization_id)
        return read_each(to_mapping, owned_by(organization_id, found))

    async def find_services_of_repositories(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        keys = rows.to_json(map(rows.to_repository_key, repositories))
        found = await self._fetch("find_services_of_repositories", organization_id=organization_id, keys=keys)
        return read_each(_to_name, owned_by(organization_id, found))

    async def list_former_services(self, organization_id: str) -> list[tuple[Service, tuple[str, ...], tuple[str, ...]]]:
        """See CatalogStore. Rows that no entry made have no version."""
        found = await self._fetch("list_former_services", organization_id=organization_id)
        services = whole(read_each(rows.to_service, found))
        if not services:
            return []
        names, repositories = await self.list_service_names(organization_id), await self.list_mappings(organization_id)
        return [
            (
                service,
                tuple(one.name for one in names if one.service_id == service.service_id),
                tuple(one.repository for one in repositories if one.service_id == service.service_id and not one.former_name),
            )
            for service in services
        ]

    async def is_mapped_by_guess(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        key = rows.to_repository_key(mapping.repository)
        service_id = rows.storable(mapping.service_id)
        place = {"organization_id": organization_id, "service_id": service_id, "repository_key": key}
        return await self._fetch("is_mapped_by_guess", **place) is not None

    async def list_repository_names(self, organization_id: str) -> dict[str, str]:
        """See CatalogStore. By any name without case."""
        found = await self._fetch("list_repository_names", organization_id=organization_id)
        return {rows.to_repository_key(name): present for _, present, name in found}

    async def list_repository_keys(self, organization_id: str, repository: str) -> list[str]:
        return await self._read_steps(list_names_of(organization_id, repository))

    async def list_former_repositories(self, organization_id: str) -> list[tuple[NameRepository, bool]]:
        found = await self._fetch("list_former_repositories", organization_id=organization_id)
        return whole(read_each(_to_former, found))


@reads("service_repository", "ttttt", 0, 1, 2)
def to_mapping(row: Row) -> RepositoryMapping:
    """A mapping, from its organization and the columns of ``list_mappings``."""
    _, service_id, repository, _, former_name = row
    return RepositoryMapping(service_id=service_id, repository=repository, former_name=former_name)


@reads("repository_alias", "tttti", 0, 1)
def _to_former(row: Row) -> tuple[NameRepository, bool]:
    return NameRepository(row[2], row[3], repository_id=row[1]), bool(row[4])


@reads("service_name", "ttt", 0, 1, 2)
def _to_service_name(row: Row) -> ServiceName:
    return ServiceName(service_id=row[1], name=row[2])


@reads("service_relation", "tttt", 0, 1, 2)
def _to_relation(row: Row) -> ServiceRelation:
    return ServiceRelation(service_id=row[1], kind=RelationKind(row[2]), other_id=row[3])


@reads("service", "ttt", 0, 1)
def _to_team(row: Row) -> tuple[str, str]:
    return row[1], row[2]


@reads("service", "tt", 0, 1)
def _to_name(row: Row) -> str:
    name: str = row[1]
    return name
