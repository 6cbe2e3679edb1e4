"""Organizations, services and their repositories."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.contract import RepositoryAlias, RepositoryMapping, ServiceName
from shipledger.catalog.organization import Organization
from shipledger.catalog.service import Service
from shipledger.clock import to_microseconds
from shipledger.errors import NotFound
from shipledger.found import Found, whole
from shipledger.store import rows
from shipledger.store.row_reading import read_each
from shipledger.store.session import Session, Steps, call


class SqlCatalog(Session):
    """What deployments are of."""

    async def save_organization(self, organization: Organization) -> None:
        """See CatalogStore."""
        await self._execute(
            "save_organization",
            organization_id=organization.organization_id,
            slug=organization.slug,
            name=organization.name,
            created_us=to_microseconds(organization.created_at),
        )

    async def find_organization(self, slug: str) -> Organization | None:
        """See CatalogStore."""
        row = await self._fetch("find_organization", slug=rows.storable(slug))
        return None if row is None else rows.to_organization(row)

    async def list_organizations(self) -> Found[Organization]:
        """See CatalogStore."""
        return read_each(rows.to_organization, await self._fetch("list_organizations"))

    async def create_service(self, service: Service) -> None:
        """See CatalogStore. Raises Conflict with code ``service_slug_taken`` when only the slug is taken."""
        await self._execute("create_service", **rows.from_service(service), created_us=to_microseconds(service.created_at))

    async def save_service(self, service: Service) -> None:
        """See CatalogStore."""

        def save() -> Steps[None]:
            if (yield call("save_service", **rows.from_service(service))) != 1:
                raise NotFound("service_not_found", "No service of this organization has this id.")

        await self._write_steps(save())

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """See CatalogStore."""
        return bool(
            await self._execute("delete_service", organization_id=organization_id, service_id=rows.storable(service_id)) == 1
        )

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """See CatalogStore."""
        name = rows.storable(service)
        row = await self._fetch("find_service", organization_id=organization_id, service=name, name_key=name.casefold())
        return None if row is None else rows.to_service(row)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> list[Service]:
        """See CatalogStore."""
        found = await self._fetch("list_services", organization_id=organization_id, offset=offset, limit=limit)
        return whole(read_each(rows.to_service, found))

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        """See CatalogStore."""
        return dict(await self._fetch("list_teams", organization_id=organization_id))

    async def count_services(self, organization_id: str) -> int:
        """See CatalogStore."""
        count: int = await self._fetch("count_services", organization_id=organization_id)
        return count

    async def add_service_name(self, organization_id: str, name: ServiceName) -> bool:
        """See CatalogStore."""
        key = _name_key(organization_id, name)
        return bool(await self._execute("add_service_name", **key, name=rows.storable(name.name)) == 1)

    async def remove_service_name(self, organization_id: str, name: ServiceName) -> bool:
        """See CatalogStore."""
        return bool(await self._execute("remove_service_name", **_name_key(organization_id, name)) == 1)

    async def list_service_names(self, organization_id: str) -> list[ServiceName]:
        """See CatalogStore."""
        return [ServiceName(*row) for row in await self._fetch("list_service_names", organization_id=organization_id)]

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """See CatalogStore."""
        keys = rows.to_json((rows.storable(name), rows.storable(name.casefold())) for name in names)
        return dict(await self._fetch("find_named_services", organization_id=organization_id, names=keys))

    async def list_mappings(self, organization_id: str) -> list[RepositoryMapping]:
        """See CatalogStore."""
        found = await self._fetch("list_mappings", organization_id=organization_id)
        return [
            RepositoryMapping(service_id=service_id, repository=repository, former_name=former_name)
            for service_id, repository, _, former_name in found
        ]

    async def find_services_of_repositories(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """See CatalogStore."""
        keys = rows.to_json(map(rows.to_repository_key, repositories))
        found = await self._fetch("find_services_of_repositories", organization_id=organization_id, keys=keys)
        return [name for (name,) in found]

    async def map_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """See CatalogStore. Raises NotFound when there is no such service."""
        key = _mapping_key(organization_id, mapping)

        def save() -> Steps[bool]:
            yield call("leave_repository_alias", **_without_service(key))
            return bool((yield call("map_repository", **key, repository=rows.storable(mapping.repository))) == 1)

        return await self._write_steps(save())

    async def unmap_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """See CatalogStore."""
        key = _mapping_key(organization_id, mapping)

        def remove() -> Steps[bool]:
            was_mapped = (yield call("unmap_repository", **key)) == 1
            was_followed = (yield call("is_mapped_by_alias", **key)) is not None
            if was_mapped or was_followed:
                yield call("leave_repository_alias", **_without_service(key))
            return was_mapped or was_followed

        return await self._write_steps(remove())

    async def add_repository_alias(self, organization_id: str, alias: RepositoryAlias) -> None:
        """See CatalogStore."""
        await self._execute(
            "add_repository_alias",
            organization_id=organization_id,
            repository_key=rows.to_repository_key(alias.repository),
            repository=rows.storable(alias.repository),
            former_key=rows.to_repository_key(alias.former_name),
        )


def _without_service(key: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in key.items() if name != "service_id"}


def _mapping_key(organization_id: str, mapping: RepositoryMapping) -> dict[str, str]:
    return {
        "organization_id": organization_id,
        "service_id": rows.storable(mapping.service_id),
        "repository_key": rows.to_repository_key(mapping.repository),
    }


def _name_key(organization_id: str, name: ServiceName) -> dict[str, str]:
    key = rows.storable(name.name.casefold())
    return {"organization_id": organization_id, "service_id": name.service_id, "name_key": key}
