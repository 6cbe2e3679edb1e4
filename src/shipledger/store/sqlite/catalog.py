"""Organizations, services and their repositories in a SQLite file."""

from __future__ import annotations

from shipledger.catalog.contract import RepositoryMapping
from shipledger.catalog.organization import Organization
from shipledger.catalog.repository import repository_key
from shipledger.catalog.service import Service
from shipledger.clock import to_microseconds
from shipledger.errors import NotFound
from shipledger.store import rows
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession


class SqliteCatalog(SqliteSession):
    """What deployments are of."""

    async def save_organization(self, organization: Organization) -> None:
        """See CatalogStore."""
        parameters = {
            "organization_id": organization.organization_id,
            "slug": organization.slug,
            "name": organization.name,
            "created_us": to_microseconds(organization.created_at),
        }
        await self._write(lambda connection: connection.execute(self._sql["save_organization"], parameters).rowcount)

    async def find_organization(self, slug: str) -> Organization | None:
        """See CatalogStore."""
        row = await self._read(lambda connection: connection.execute(self._sql["find_organization"], {"slug": slug}).fetchone())
        return None if row is None else rows.to_organization(row)

    async def list_organizations(self) -> list[Organization]:
        """See CatalogStore."""
        found = await self._read(lambda connection: connection.execute(self._sql["list_organizations"]).fetchall())
        return [rows.to_organization(row) for row in found]

    async def create_service(self, service: Service) -> None:
        """See CatalogStore. Raises Conflict with code ``service_slug_taken`` when only the slug is taken."""
        parameters = {**rows.from_service(service), "created_us": to_microseconds(service.created_at)}
        await self._write(lambda connection: connection.execute(self._sql["create_service"], parameters).rowcount)

    async def save_service(self, service: Service) -> None:
        """See CatalogStore."""
        parameters = rows.from_service(service)

        def save(connection: Connection) -> None:
            if connection.execute(self._sql["save_service"], parameters).rowcount != 1:
                raise NotFound("service_not_found", "No service of this organization has this id.")

        await self._write(save)

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id, "service_id": service_id}
        return await self._write(lambda connection: connection.execute(self._sql["delete_service"], parameters).rowcount == 1)

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id, "service": service, "name_key": service.casefold()}
        row = await self._read(lambda connection: connection.execute(self._sql["find_service"], parameters).fetchone())
        return None if row is None else rows.to_service(row)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> list[Service]:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id, "offset": offset, "limit": limit}
        found = await self._read(lambda connection: connection.execute(self._sql["list_services"], parameters).fetchall())
        return [rows.to_service(row) for row in found]

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id}
        return dict(await self._read(lambda connection: connection.execute(self._sql["list_teams"], parameters).fetchall()))

    async def count_services(self, organization_id: str) -> int:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id}
        count: int = await self._read(
            lambda connection: connection.execute(self._sql["count_services"], parameters).fetchone()[0]
        )
        return count

    async def list_mappings(self, organization_id: str) -> list[RepositoryMapping]:
        """See CatalogStore."""
        parameters = {"organization_id": organization_id}
        found = await self._read(lambda connection: connection.execute(self._sql["list_mappings"], parameters).fetchall())
        return [RepositoryMapping(service_id=service_id, repository=repository) for service_id, repository, _ in found]

    async def map_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """See CatalogStore. Raises NotFound when there is no such service."""
        parameters = {**_mapping_key(organization_id, mapping), "repository": mapping.repository}
        return await self._write(lambda connection: connection.execute(self._sql["map_repository"], parameters).rowcount == 1)

    async def unmap_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """See CatalogStore."""
        parameters = _mapping_key(organization_id, mapping)
        return await self._write(lambda connection: connection.execute(self._sql["unmap_repository"], parameters).rowcount == 1)


def _mapping_key(organization_id: str, mapping: RepositoryMapping) -> dict[str, str]:
    return {
        "organization_id": organization_id,
        "service_id": mapping.service_id,
        "repository_key": repository_key(mapping.repository),
    }
