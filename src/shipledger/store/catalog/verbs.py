"""Organizations, services and their repositories."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.catalog.contract import RepositoryAlias, RepositoryMapping, ServiceName
from shipledger.catalog.organization import Organization
from shipledger.catalog.service import Service
from shipledger.errors import NotFound
from shipledger.found import Found
from shipledger.store import rows
from shipledger.store.checked_rows import with_digest
from shipledger.store.projecting import Cause, Change
from shipledger.store.projections.subscribers import SqlProjecting
from shipledger.store.row_reading import Row, owned_by, read_each, reads
from shipledger.store.session import Call, Steps, call


class SqlCatalog(SqlProjecting):
    """What deployments are of."""

    async def save_organization(self, organization: Organization) -> None:
        await self._execute("save_organization", **with_digest("organization", rows.from_organization(organization)))

    async def find_organization(self, slug: str) -> Organization | None:
        row = await self._fetch("find_organization", slug=rows.storable(slug))
        return None if row is None else rows.to_organization(row)

    async def list_organizations(self) -> Found[Organization]:
        return read_each(rows.to_organization, await self._fetch("list_organizations"))

    async def create_service(self, service: Service) -> None:
        """See CatalogStore. Raises Conflict with code ``service_slug_taken`` when only the slug is taken."""
        await self._map(call("create_service", **rows.from_new_service(service)), _of_service(service))

    async def save_service(self, service: Service) -> None:
        def save() -> Steps[None]:
            if (yield call("save_service", **rows.from_service(service))) != 1:
                raise NotFound("service_not_found", "No service of this organization has this id.")
            yield from self._tell(_of_service(service))

        await self._write_steps(save())

    async def delete_service(self, organization_id: str, service_id: str) -> bool:
        service_id = rows.storable(service_id)
        delete = call("delete_service", organization_id=organization_id, service_id=service_id)
        return await self._map(delete, Change(Cause.MAPPING, organization_id=organization_id, service_ids=(service_id,)))

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        name = rows.storable(service)
        row = await self._fetch("find_service", organization_id=organization_id, service=name, name_key=name.casefold())
        return None if row is None else rows.to_service(row)

    async def list_services(self, organization_id: str, *, offset: int, limit: int) -> Found[Service]:
        found = await self._fetch("list_services", organization_id=organization_id, offset=offset, limit=limit)
        return read_each(rows.to_service, found)

    async def list_services_after(self, organization_id: str, name: str, *, limit: int) -> Found[Service]:
        after_key = rows.storable(name.casefold())
        found = await self._fetch("list_services_after", organization_id=organization_id, after_key=after_key, limit=limit)
        return read_each(rows.to_service, found)

    async def list_teams(self, organization_id: str) -> dict[str, str]:
        found = await self._fetch("list_teams", organization_id=organization_id)
        return dict(read_each(_to_team, owned_by(organization_id, found)))

    async def count_services(self, organization_id: str) -> int:
        count: int = await self._fetch("count_services", organization_id=organization_id)
        return count

    async def add_service_name(self, organization_id: str, name: ServiceName) -> bool:
        key = _name_key(organization_id, name)
        columns = with_digest("service_name", {**key, "name": name.name})
        return await self._map(call("add_service_name", **columns), _of_mapping(key))

    async def remove_service_name(self, organization_id: str, name: ServiceName) -> bool:
        key = _name_key(organization_id, name)
        return await self._map(call("remove_service_name", **key), _of_mapping(key))

    async def list_service_names(self, organization_id: str) -> Found[ServiceName]:
        found = await self._fetch("list_service_names", organization_id=organization_id)
        return read_each(_to_service_name, owned_by(organization_id, found))

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

    async def map_repository(self, organization_id: str, mapping: RepositoryMapping) -> bool:
        """See CatalogStore. Raises NotFound when there is no such service."""
        key = _mapping_key(organization_id, mapping)

        def save() -> Steps[bool]:
            yield call("leave_repository_alias", **_without_service(key))
            columns = with_digest("service_repository", {**key, "repository": mapping.repository})
            is_new = bool((yield call("map_repository", **columns)) == 1)
            yield from self._tell(_of_mapping(key))
            return is_new

        return await self._write_steps(save())

    async def unmap_repository(self, organization_id: str, mapping: RepositoryMapping, *others: RepositoryMapping) -> bool:
        keys = [_mapping_key(organization_id, one) for one in (mapping, *others)]

        def remove() -> Steps[bool]:
            is_undone = False
            for key in keys:
                was_mapped = (yield call("unmap_repository", **key)) == 1
                was_followed = (yield call("is_mapped_by_alias", **key)) is not None
                if was_mapped or was_followed:
                    yield call("leave_repository_alias", **_without_service(key))
                    is_undone = True
                    yield from self._tell(_of_mapping(key))
            return is_undone

        return await self._write_steps(remove())

    async def add_repository_alias(self, organization_id: str, alias: RepositoryAlias) -> None:
        keys = rows.to_repository_key(alias.repository), rows.to_repository_key(alias.former_name)
        add = call(
            "add_repository_alias",
            organization_id=organization_id,
            repository_key=keys[0],
            repository=rows.storable(alias.repository),
            former_key=keys[1],
        )
        await self._map(add, Change(Cause.MAPPING, organization_id=organization_id, repository_keys=keys))

    async def _map(self, write: Call, change: Change) -> bool:
        """Whether ``write`` changed something, which is then told."""

        def run() -> Steps[bool]:
            is_changed = bool((yield write) == 1)
            if is_changed:
                yield from self._tell(change)
            return is_changed

        return await self._write_steps(run())


@reads("service_repository", "ttttt", 0, 1, 2)
def to_mapping(row: Row) -> RepositoryMapping:
    """A mapping, from its organization and the columns of ``list_mappings``."""
    _, service_id, repository, _, former_name = row
    return RepositoryMapping(service_id=service_id, repository=repository, former_name=former_name)


@reads("service_name", "ttt", 0, 1, 2)
def _to_service_name(row: Row) -> ServiceName:
    return ServiceName(service_id=row[1], name=row[2])


@reads("service", "ttt", 0, 1)
def _to_team(row: Row) -> tuple[str, str]:
    return row[1], row[2]


@reads("service", "tt", 0, 1)
def _to_name(row: Row) -> str:
    name: str = row[1]
    return name


def _of_service(service: Service) -> Change:
    return Change(Cause.MAPPING, organization_id=service.organization_id, service_ids=(service.service_id,))


def _of_mapping(key: dict[str, str]) -> Change:
    """The change of what maps a service to the repository, or the name, of ``key``."""
    return Change(
        Cause.MAPPING,
        organization_id=key["organization_id"],
        service_ids=(key["service_id"],),
        repository_keys=(key["repository_key"],) if "repository_key" in key else (),
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
