"""Which settings count for a deployment: those of its pipeline, its services, their teams, its organization."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from shipledger.catalog.organization_settings.in_force import Own, Place, find_own, index
from shipledger.catalog.organization_settings.model import ScopeKind, ScopeSettings, Value
from shipledger.catalog.service import Service
from shipledger.catalog.silence_limits import to_limit
from shipledger.found import Found, whole
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.submission import Pipeline


class Reader(Protocol):
    """What of a store is asked."""

    async def list_settings(self, organization_id: str) -> Found[ScopeSettings]:
        """What is set, for each scope."""

    async def find_named_services(self, organization_id: str, names: Sequence[str]) -> dict[str, str]:
        """The ids of services by id, slug or name."""

    async def find_services_of_repositories(self, organization_id: str, repositories: Sequence[str]) -> list[str]:
        """The names of the services that repositories belong to."""

    async def find_service(self, organization_id: str, service: str) -> Service | None:
        """The service with this id, slug or name, or None."""


class DeploymentSettings:
    """What an organization has set, as it was read at one moment, and the services that were asked about since."""

    def __init__(self, reader: Reader, organization_id: str, held: Mapping[str, ScopeSettings]) -> None:
        self._reader = reader
        self._organization_id = organization_id
        self._held = held
        self._has_services = any(one.scope.kind in {ScopeKind.SERVICE, ScopeKind.TEAM} for one in held.values())
        self._services: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Service]] = {}

    def list_values(self, key: str) -> list[Value]:
        """Every value that somebody has set."""
        return [one.values[key].value for one in self._held.values() if key in one.values]

    def find_shortest(self, key: str, otherwise: timedelta | None) -> timedelta | None:
        """The shortest of all limits, in hours, that somebody has set, and of ``otherwise``; None if all are forever."""
        limits = (otherwise, *(to_limit(hours) for hours in self.list_values(key)))
        return min((one for one in limits if one is not None), default=None)

    async def find(self, key: str, deployment: Deployment) -> Own | None:
        """What counts for a deployment, if its organization, or a part of it, has set that.

        A deployment of several services has the value of the first that it names and that has one.
        """
        if not self.list_values(key):
            return None
        pipeline = deployment.facts.pipeline
        pipelines = (pipeline.name, pipeline.id) if isinstance(pipeline, Pipeline) else ()
        services = await self._find_services(deployment) if self._has_services else []
        place = Place(
            pipelines=tuple(filter(None, pipelines)),
            service_ids=tuple(one.service_id for one in services),
            teams=tuple(one.draft.team_id for one in services if one.draft.team_id),
        )
        return find_own(key, place, self._held)

    async def describe(self, own: Own) -> str:
        """Who has set it, as people call them."""
        scope = own.scope
        if scope.kind is not ScopeKind.SERVICE:
            return f"{scope.kind} {scope.name}".strip()
        service = await self._reader.find_service(self._organization_id, scope.name)
        return f"{scope.kind} {scope.name if service is None else service.name}"

    async def _find_services(self, deployment: Deployment) -> list[Service]:
        names = tuple(deployment.facts.services or ())
        repositories = tuple(dict.fromkeys(release.repository for release in deployment.releases))
        if (names, repositories) not in self._services:
            self._services[names, repositories] = await self._look_up(names, repositories)
        return self._services[names, repositories]

    async def _look_up(self, names: Sequence[str], repositories: Sequence[str]) -> list[Service]:
        mapped = await self._reader.find_services_of_repositories(self._organization_id, repositories) if repositories else []
        wanted = [*names, *sorted(mapped)]
        ids = await self._reader.find_named_services(self._organization_id, wanted) if wanted else {}
        unique = dict.fromkeys(ids[name] for name in wanted if name in ids)
        found = [await self._reader.find_service(self._organization_id, service_id) for service_id in unique]
        return [one for one in found if one is not None]


async def load_settings_of(reader: Reader, organization_id: str) -> DeploymentSettings:
    """What an organization has set. Raises DamagedRecord: what is inherited must not count in place of what cannot be read."""
    return DeploymentSettings(reader, organization_id, index(whole(await reader.list_settings(organization_id))))
