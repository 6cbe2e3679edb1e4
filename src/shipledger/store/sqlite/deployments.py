"""Questions about deployments."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from shipledger.catalog.repository import repository_key
from shipledger.clock import to_microseconds
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.identity import bare_uuid
from shipledger.ledger.submission import Target
from shipledger.store import rows
from shipledger.store.contract import NEVER_STARTED_US, DeploymentFilter, RepositoryRecord
from shipledger.store.sqlite.connection import Connection
from shipledger.store.sqlite.session import SqliteSession

_EARLIEST_US = -(2**63)
_LATEST_US = 2**63 - 1
_AFTER_ALL_IDS = "\U0010ffff"


class SqliteDeployments(SqliteSession):
    """The projections of the ledger."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        """See ReadStore."""
        if target.scope is None:
            name, parameters = "find_deployment", {"deployment_id": target.key}
        else:
            name = "find_deployment_by_alias"
            parameters = {"scope": rows.storable(target.scope), "key": rows.storable(target.key)}
        parameters["organization_id"] = organization_id
        row = await self._read(lambda connection: connection.execute(self._sql[name], parameters).fetchone())
        return None if row is None else rows.decode_deployment(row[0])

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> list[Deployment]:
        """See ReadStore."""
        parameters = _page_parameters(organization_id, wanted)

        def read(connection: Connection) -> list[Deployment]:
            if not wanted.repository and not wanted.service_id:
                return _read_documents(connection, self._sql[_choose_page(wanted)], parameters)
            keys: set[str] = set()
            if wanted.service_id:
                keys = set(self._read_repositories(connection, organization_id, [wanted.service_id]))
            if wanted.repository:
                key = repository_key(rows.storable(wanted.repository))
                keys = {key} if key in keys or not wanted.service_id else set()
            statement = self._sql["list_deployments_of_repository"]
            found: dict[str, Deployment] = {}
            for key in keys:
                for one in _read_documents(connection, statement, {**parameters, "repository_key": key}):
                    found[one.deployment_id] = one
            if wanted.service_id and not wanted.repository:
                named = {**parameters, "service_id": rows.storable(wanted.service_id)}
                for one in _read_documents(connection, self._sql["list_deployments_of_service_name"], named):
                    found[one.deployment_id] = one
            return list(found.values())

        answer = self._read_long if _may_take_long(wanted) else self._read
        found = sorted(await answer(read), key=lambda one: (rows.started_us(one), one.deployment_id), reverse=True)
        return found[: wanted.limit]

    async def search_deployments(
        self,
        organization_id: str,
        *,
        service_ids: Sequence[str],
        environment_ids: Sequence[str],
        started_from: datetime | None,
        ended_until: datetime | None,
        offset: int,
        limit: int,
    ) -> list[Deployment]:
        """See ReadStore. No service has no deployments; no environment means all of them."""
        parameters = {
            "organization_id": organization_id,
            "started_from_us": _EARLIEST_US if started_from is None else to_microseconds(started_from),
            "ended_until_us": _LATEST_US if ended_until is None else to_microseconds(ended_until),
            "limit": offset + limit,
        }
        environments = sorted({rows.storable(bare_uuid(one)) for one in environment_ids})

        def read(connection: Connection) -> list[Deployment]:
            keys = self._read_repositories(connection, organization_id, service_ids)
            walks = [self._walk(connection, parameters, key, environments) for key in keys]
            ids = list(islice(_merge(walks), offset, offset + limit))
            found = _read_documents(
                connection,
                self._sql["read_documents"],
                {"organization_id": organization_id, "deployment_ids": rows.to_json(ids)},
            )
            places = {deployment_id: place for place, deployment_id in enumerate(ids)}
            return sorted(found, key=lambda one: places[one.deployment_id])

        return await self._read(read)

    async def list_environments(self, organization_id: str) -> list[tuple[str, str, str]]:
        """See ReadStore. Ids as they compare: UUIDs without braces and in lower case."""
        parameters = {"organization_id": organization_id}
        return await self._read(lambda connection: connection.execute(self._sql["list_environments"], parameters).fetchall())

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """See ReadStore. By name, without case."""
        parameters = {"organization_id": organization_id}

        def read(connection: Connection) -> tuple[list[rows.Row], list[rows.Row]]:
            deployed = connection.execute(self._sql["list_deployed_repositories"], parameters).fetchall()
            return deployed, connection.execute(self._sql["list_mappings"], parameters).fetchall()

        deployed, mapped = await self._read_long(read)
        names: dict[str, str] = {}
        services: dict[str, list[str]] = {}
        for service_id, repository, key in mapped:
            names[key] = repository
            services.setdefault(key, []).append(service_id)
        counts: dict[str, tuple[int, int]] = {}
        for key, repository, count, last_us in deployed:
            names[key] = repository
            counts[key] = (count, last_us)
        return [
            RepositoryRecord(
                repository=names[key],
                deployment_count=counts.get(key, (0, 0))[0],
                last_started_at=_to_start(counts[key][1]) if key in counts else None,
                service_ids=tuple(services.get(key, ())),
            )
            for key in sorted(names)
        ]

    async def count_deployments(self, organization_id: str) -> int:
        """See ReadStore."""
        parameters = {"organization_id": organization_id}
        count: int = await self._read_long(
            lambda connection: connection.execute(self._sql["count_deployments"], parameters).fetchone()[0]
        )
        return count

    def _read_repositories(self, connection: Connection, organization_id: str, service_ids: Sequence[str]) -> list[str]:
        parameters = {"organization_id": organization_id, "service_ids": rows.to_json(service_ids)}
        return rows.decode_strings(connection.execute(self._sql["list_repositories_of_services"], parameters).fetchone()[0])

    def _walk(
        self, connection: Connection, parameters: Mapping[str, Any], key: str, environments: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """The deployments of one repository in the order of a search, each at least once."""

        def walk(name: str, **further: str) -> list[tuple[int, str]]:
            values = {**parameters, "repository_key": key, **further}
            return rows.decode_walk(connection.execute(self._sql[name], values).fetchone()[0])

        if environments:
            walks = [walk("walk_releases_in_environment", environment_id=environment) for environment in environments]
        else:
            walks = [walk("walk_releases")]
        if parameters["ended_until_us"] != _LATEST_US:
            walks.append(walk("walk_backwards_releases", environment_ids=rows.to_json(environments)))
        return heapq.merge(*walks, key=_search_order)


def _search_order(found: tuple[int, str]) -> tuple[int, str]:
    started_us, deployment_id = found
    return -started_us, deployment_id


def _merge(walks: Sequence[Iterator[tuple[int, str]]]) -> Iterator[str]:
    """The ids of several walks in the order of a search, each once."""
    previous = ""
    for _, deployment_id in heapq.merge(*walks, key=_search_order):
        if deployment_id != previous:
            yield deployment_id
        previous = deployment_id


def _choose_page(wanted: DeploymentFilter) -> str:
    """The statement that walks the index which leaves the fewest to look at."""
    if wanted.environment_id:
        return "list_deployments_in_environment"
    if wanted.state:
        return "list_deployments_in_state"
    if wanted.tier:
        return "list_deployments_in_tier"
    if wanted.source:
        return "list_deployments_from_source"
    return "list_deployments"


def _may_take_long(wanted: DeploymentFilter) -> bool:
    """Whether no index leads straight to the page: much may have to be read that is not shown."""
    filters = (wanted.repository or wanted.service_id, wanted.environment_id, wanted.state, wanted.tier, wanted.source)
    return bool(wanted.text) or sum(map(bool, filters)) > 1


def _page_parameters(organization_id: str, wanted: DeploymentFilter) -> dict[str, Any]:
    before_us, before_id = wanted.before or (_LATEST_US, _AFTER_ALL_IDS)
    return {
        "organization_id": organization_id,
        "state": wanted.state,
        "tier": wanted.tier,
        "environment_id": rows.storable(bare_uuid(wanted.environment_id)),
        "source": wanted.source,
        "pattern": _to_pattern(wanted.text),
        "before_us": before_us,
        "before_id": before_id,
        "limit": wanted.limit,
    }


def _to_pattern(text: str) -> str:
    """What LIKE needs to find ``text`` anywhere; empty for an empty text."""
    plain = rows.storable(text.strip().casefold())
    for special in ("\\", "%", "_"):
        plain = plain.replace(special, "\\" + special)
    return f"%{plain}%" if plain else ""


def _read_documents(connection: Connection, statement: str, parameters: Mapping[str, Any]) -> list[Deployment]:
    text = connection.execute(statement, parameters).fetchone()[0]
    return rows.decode_deployments(text or "[]")


def _to_start(started_us: int) -> datetime | None:
    return None if started_us == NEVER_STARTED_US else rows.optional_time(started_us)
