"""Questions about deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from shipledger.catalog.repository import RepositoryRecord
from shipledger.clock import from_microseconds, to_microseconds
from shipledger.deployments.listing import DeploymentFilter
from shipledger.deployments.lookups import AFTER_ALL_IDS, NEVER_STARTED_US
from shipledger.found import Found
from shipledger.ledger.deployment import Deployment, has_overwritten_run
from shipledger.ledger.submission import Alias, Target
from shipledger.store import rows
from shipledger.store.bounds import LATEST_US, from_bound, until_bound
from shipledger.store.deployments.listing import list_page, list_repositories_of, may_take_long
from shipledger.store.deployments.walks import Step, merge, read_in_order, read_walks
from shipledger.store.people.known import SqlKnownPeople
from shipledger.store.row_reading import owned_by, read_each, reads
from shipledger.store.session import Steps, call

_OVERWRITTEN_PAGE = 500
_RUNS_READ = 100
"""Of those that share a name, where the one that started last did so in the far future."""


class SqlDeployments(SqlKnownPeople):
    """The projections of the ledger."""

    async def find_deployment(self, organization_id: str, target: Target) -> Deployment | None:
        if target.scope is None:
            found = await self._fetch("find_deployment", organization_id=organization_id, deployment_id=rows.storable(target.key))
            return None if found is None else rows.decode_deployment(found, (organization_id, target.key))
        scope, key = rows.from_alias(Alias(scope=target.scope, key=target.key))
        found = await self._fetch("find_deployment_by_alias", organization_id=organization_id, scope=scope, key=key)
        deployment = None if found is None else rows.decode_deployment(found, (organization_id, target.key))
        if deployment is None or not deployment.is_ahead:
            return deployment
        text = await self._fetch(
            "list_deployments_by_alias", organization_id=organization_id, scope=scope, key=key, limit=_RUNS_READ
        )
        runs = [one for one in rows.decode_deployments(text) if not one.is_ahead]
        return max(runs, key=lambda one: (one.placed_at, one.deployment_id), default=deployment)

    async def list_ids_of_commits(self, organization_id: str, commits: Sequence[str]) -> list[str]:
        wanted = rows.to_json((one,) for one in commits)
        found = await self._fetch("list_ids_of_commits", organization_id=organization_id, commits=wanted)
        return [deployment_id for (deployment_id,) in found]

    async def list_ids_of_commits_that_begin(self, organization_id: str, starts: Sequence[str]) -> list[str]:
        ranges = rows.to_json((one, one + AFTER_ALL_IDS) for one in map(rows.storable, starts))
        found = await self._fetch_long("list_ids_of_commits_that_begin", organization_id=organization_id, ranges=ranges)
        return [deployment_id for (deployment_id,) in found]

    async def list_recorded_after(
        self, organization_id: str, place: tuple[datetime, str], *, limit: int
    ) -> list[tuple[datetime, str]]:
        after = {"after_us": to_microseconds(place[0]), "after_id": place[1], "limit": limit}
        found = await self._fetch_long("list_recorded_after", organization_id=organization_id, **after)
        return [(from_microseconds(recorded_us), deployment_id) for deployment_id, recorded_us in found]

    async def list_deployments(self, organization_id: str, wanted: DeploymentFilter) -> Found[Deployment]:
        answer = self._read_steps_long if may_take_long(wanted) else self._read_steps
        people = (await self.read_known_people(organization_id)).list_keys(wanted.person) if wanted.person else ()
        found = await answer(list_page(organization_id, wanted, people))
        newest = sorted(found, key=lambda one: (rows.started_us(one), one.deployment_id), reverse=True)[: wanted.limit]
        return Found(newest, found.damaged)

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
    ) -> Found[Deployment]:
        """See ReadStore. No service has no deployments; no environment means all of them."""
        parameters = {
            "organization_id": organization_id,
            "started_from_us": from_bound(started_from),
            "ended_until_us": until_bound(ended_until),
            "limit": offset + limit,
        }
        environments = sorted(set(map(rows.to_environment_key, environment_ids)))

        def read() -> Steps[Found[Deployment]]:
            walks = []
            for key in (yield from list_repositories_of(organization_id, service_ids)):
                walks += yield from _walk(parameters, key, environments)
            ids = list(islice(merge(walks, key=_search_order), offset, offset + limit))
            return (yield from read_in_order(organization_id, ids))

        return await self._read_steps(read())

    async def list_repositories_in_use(self, organization_id: str, *, limit: int) -> list[str]:
        found = await self._fetch_long("list_repositories_in_use", organization_id=organization_id, limit=limit)
        return read_each(_to_repository, owned_by(organization_id, found))

    async def list_repositories(self, organization_id: str) -> list[RepositoryRecord]:
        """See ReadStore. By name, without case."""

        def read() -> Steps[tuple[list[rows.Row], list[rows.Row], list[rows.Row]]]:
            deployed = yield call("list_deployed_repositories", organization_id=organization_id)
            mapped = yield call("list_mappings", organization_id=organization_id)
            named = yield call("list_repository_names", organization_id=organization_id)
            return deployed, mapped, named

        deployed, mapped, named = await self._read_steps_long(read())
        present = {rows.to_repository_key(name): current for _, current, name in named}
        former: dict[str, list[str]] = {}
        for _, current, name in named:
            if name != current:
                former.setdefault(rows.to_repository_key(current), []).append(name)
        names: dict[str, str] = {rows.to_repository_key(one): one for one in present.values()}
        services: dict[str, dict[str, None]] = {}
        for service_id, repository, own_key in read_each(_to_mapped, owned_by(organization_id, mapped)):
            key = rows.to_repository_key(present.get(own_key, repository))
            names.setdefault(key, repository)
            services.setdefault(key, {})[service_id] = None
        counts: dict[str, tuple[int, int]] = {}
        for own_key, repository, count, last_us in read_each(_to_deployed, owned_by(organization_id, deployed)):
            key = rows.to_repository_key(present.get(own_key, repository))
            names[key] = present.get(own_key, repository)
            before = counts.get(key, (0, last_us))
            counts[key] = (before[0] + count, max(before[1], last_us))
        return [
            RepositoryRecord(
                repository=names[key],
                deployment_count=counts.get(key, (0, 0))[0],
                last_started_at=_to_start(counts[key][1]) if key in counts else None,
                service_ids=tuple(services.get(key, ())),
                former_names=tuple(former.get(key, ())),
            )
            for key in sorted(names)
        ]

    async def list_overwritten(self, organization_id: str, *, limit: int) -> list[Deployment]:
        found: list[Deployment] = []
        after_id = ""
        while len(found) < limit:
            page = await self._fetch_long(
                "list_possibly_overwritten", organization_id=organization_id, after_id=after_id, limit=_OVERWRITTEN_PAGE
            )
            looked_at = read_each(lambda row: rows.decode_deployment(row[1], (organization_id, row[0])), page)
            found += [one for one in looked_at if has_overwritten_run(one)]
            if len(page) < _OVERWRITTEN_PAGE:
                break
            after_id = page[-1][0]
        return found[:limit]

    async def count_deployments(self, organization_id: str) -> int:
        count: int = await self._fetch_long("count_deployments", organization_id=organization_id)
        return count


@reads("service_repository", "ttttt", 0, 1, 2)
def _to_mapped(row: rows.Row) -> tuple[str, str, str]:
    return row[1], row[2], row[3]


@reads("deployment_release", "ttt?i", 0, 1)
def _to_deployed(row: rows.Row) -> tuple[str, str, int, int]:
    return row[1], row[2], row[3], row[4]


def _walk(parameters: Mapping[str, Any], key: str, environments: Sequence[str]) -> Steps[list[list[Step]]]:
    """The deployments of one repository as walks in the order of a search, each deployment at least once."""
    place = {**parameters, "repository_key": key}
    if environments:
        calls = [call("walk_releases_in_environment", **place, environment_id=environment) for environment in environments]
    else:
        calls = [call("walk_releases", **place)]
    if parameters["ended_until_us"] != LATEST_US:
        calls.append(call("walk_backwards_releases", **place, environment_ids=rows.to_json(environments)))
    return (yield from read_walks(calls))


def _search_order(step: Step) -> Step:
    started_us, deployment_id = step
    return -started_us, deployment_id


def _to_start(started_us: int) -> datetime | None:
    return None if started_us == NEVER_STARTED_US else rows.optional_time(started_us)


@reads("deployment_release", "tt", 0, 1)
def _to_repository(row: rows.Row) -> str:
    name: str = row[1]
    return name
