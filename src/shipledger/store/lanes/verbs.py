"""What runs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from shipledger.clock import to_microseconds
from shipledger.errors import DamagedRecord
from shipledger.found import Found, note_damage
from shipledger.ledger.ahead import FAR_AHEAD
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import Lane, LaneHead, Neighbours, Running, find_running, fold_lane, fold_neighbours, fold_standing
from shipledger.ledger.lines import environment_key
from shipledger.store import rows
from shipledger.store.deployments.walks import read_in_order
from shipledger.store.environments.policies import find_names
from shipledger.store.lanes.heads import gather_heads
from shipledger.store.lanes.rows import (
    GREATEST,
    list_lane_keys,
    services_of_keys,
    to_head,
    to_heads,
    to_lane_key,
    to_neighbours,
    to_place_columns,
    to_ran,
    to_standing,
)
from shipledger.store.row_reading import owned_by, read_each
from shipledger.store.session import Session, Steps, call

Heads: TypeAlias = dict[tuple[str, str], list[Deployment]]
"""Deployments by service and environment."""


class SqlLanes(Session):
    """See LaneStore."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        def read() -> Steps[tuple[list[Lane], Sequence[DamagedRecord]]]:
            keys = yield from find_services_of_keys(organization_id, [service_id])
            found = yield call("list_lanes", organization_id=organization_id, keys=rows.to_json(sorted(keys)))
            names = yield from find_names(organization_id)
            heads: dict[str, set[str]] = {}
            placed = read_each(to_head, owned_by(organization_id, found))
            for environment, ids in placed:
                heads.setdefault(names.key_of(environment), set()).update(ids)
            documents = yield from read_in_order(organization_id, sorted(set().union(*heads.values())))
            of_id = {one.deployment_id: one for one in documents}
            lanes = [
                fold_lane([of_id[one] for one in heads[environment] if one in of_id], names) for environment in sorted(heads)
            ]
            return lanes, (*placed.damaged, *documents.damaged)

        lanes, damaged = await self._read_steps(read())
        note_damage(damaged)  # here, where whoever answers hears of it: a store may have read in a thread of its own
        return lanes

    async def find_neighbours(self, deployment: Deployment, service_ids: Sequence[str]) -> Neighbours:
        organization_id, place = deployment.organization_id, to_place_columns(deployment)

        def read() -> Steps[tuple[Neighbours, Sequence[DamagedRecord]]]:
            services = yield from find_services_of_keys(organization_id, service_ids)
            keys = rows.to_json(sorted(services or list_lane_keys(deployment)))
            found = yield call("list_neighbours", organization_id=organization_id, keys=keys, **place)
            names = yield from find_names(organization_id)
            own = rows.indexable(names.key_of(environment_key(deployment)))
            placed = read_each(to_neighbours, owned_by(organization_id, found))
            ids = {one for environment, ids in placed if rows.indexable(names.key_of(environment)) == own for one in ids}
            documents = yield from read_in_order(organization_id, sorted(ids))
            return fold_neighbours(deployment, documents), (*placed.damaged, *documents.damaged)

        neighbours, damaged = await self._read_steps(read())
        note_damage(damaged)
        return neighbours

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        at_us = GREATEST if at is None else to_microseconds(at)

        def read() -> Steps[tuple[Heads, EnvironmentNames, Sequence[DamagedRecord]]]:
            services = yield from find_services_of_keys(organization_id, service_ids)
            names = yield from find_names(organization_id)
            moment = {"at_us": at_us, "until_us": min(at_us, GREATEST - 1)}
            found = yield call("list_running", organization_id=organization_id, keys=rows.to_json(sorted(services)), **moment)
            heads, damaged = yield from _read_heads(organization_id, read_each(to_ran, found), services, names)
            return heads, names, damaged

        heads, names, damaged = await self._read_steps_long(read())
        note_damage(damaged)
        return fold_heads(heads, at, names)

    async def list_standings(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[LaneHead]:
        """See LaneStore. Which deployments count is decided by their places, so only those are read."""
        at_us = GREATEST if at is None else to_microseconds(at)

        def read() -> Steps[tuple[list[LaneHead], Sequence[DamagedRecord]]]:
            services = yield from find_services_of_keys(organization_id, service_ids)
            names = yield from find_names(organization_id)
            moment = {"at_us": at_us, "until_us": min(at_us, GREATEST - 1)}
            found = yield call("list_standings", organization_id=organization_id, keys=rows.to_json(sorted(services)), **moment)
            placed = read_each(to_standing, found)
            heads = {place: one for place, one in gather_heads(placed, services, names).items() if at is None or one.ran}
            ids = {each for one in heads.values() for each in one.list_ids(has_later=at is None)}
            documents = yield from read_in_order(organization_id, sorted(ids))
            of_id = {one.deployment_id: one for one in documents}
            standings = [heads[place].to_standing(*place, of_id, names) for place in sorted(heads)]
            return standings, (*placed.damaged, *documents.damaged)

        standings, damaged = await self._read_steps_long(read())
        note_damage(damaged)
        return [one for one in standings if one.newest is not None]

    async def list_standings_as_of(
        self,
        organization_id: str,
        services: Mapping[str, Sequence[str]],
        names: EnvironmentNames,
        *,
        at: datetime | None,
        as_of: datetime,
        changed: Sequence[Deployment],
    ) -> list[LaneHead]:
        """See LaneStore. Nothing known then has come to run more than a day later: so far an index passes over the rest."""
        latest = as_of + FAR_AHEAD
        bound = latest if at is None else min(at, latest)
        until_us = GREATEST - 1 if at is None else to_microseconds(at)

        def read() -> Steps[tuple[Heads, Sequence[DamagedRecord]]]:
            moment = {"at_us": to_microseconds(bound), "until_us": until_us, "as_of_us": to_microseconds(as_of)}
            keys = rows.to_json(sorted(services))
            found = yield call("list_standings_unchanged", organization_id=organization_id, keys=keys, **moment)
            heads, damaged = yield from _read_heads(organization_id, read_each(to_heads, found), services, names)
            for one in changed:
                for key in list_lane_keys(one):
                    for service_id in services.get(key, ()):
                        heads.setdefault((service_id, rows.indexable(names.key_of(environment_key(one)))), []).append(one)
            return heads, damaged

        heads, damaged = await self._read_steps_long(read())
        note_damage(damaged)
        return fold_standings(heads, at, names)

    async def list_service_environments(self, organization_id: str) -> list[tuple[str, str]]:
        def read() -> Steps[list[tuple[str, str]]]:
            ids = yield call("list_service_ids", organization_id=organization_id)
            services = yield from find_services_of_keys(organization_id, [row[0] for row in ids])
            found = yield call("list_lane_places", organization_id=organization_id, keys=rows.to_json(sorted(services)))
            return sorted({(service_id, name) for key, name in found for service_id in services[key]})

        return await self._read_steps_long(read())

    async def list_changed_deployments(self, organization_id: str, as_of: datetime, *, limit: int) -> list[str]:
        moment = {"as_of_us": to_microseconds(as_of), "limit": limit}
        found = await self._fetch_long("list_changed_deployments", organization_id=organization_id, **moment)
        return [row[0] for row in found]


def _read_heads(
    organization_id: str,
    ran: Found[tuple[str, str, list[str]]],
    services: Mapping[str, Sequence[str]],
    names: EnvironmentNames,
) -> Steps[tuple[Heads, Sequence[DamagedRecord]]]:
    """The deployments that stand at the heads of lanes, by service and environment."""
    ids: dict[tuple[str, str], set[str]] = {}
    for key, environment, deployment_ids in ran:
        for service_id in services[key]:
            ids.setdefault((service_id, names.key_of(environment)), set()).update(deployment_ids)
    documents = yield from read_in_order(organization_id, sorted(set().union(*ids.values())))
    of_id = {one.deployment_id: one for one in documents}
    heads = {place: [of_id[one] for one in sorted(own) if one in of_id] for place, own in ids.items()}
    return heads, (*ran.damaged, *documents.damaged)


def fold_heads(heads: Heads, at: datetime | None, names: EnvironmentNames) -> list[Running]:
    """What ran at a moment, by service and environment."""
    cells = []
    for service_id, environment in sorted(heads):
        runs, before = find_running(heads[service_id, environment], at)
        if runs is not None:
            called = names.call(runs.environment.name) if runs.environment else ""
            cells.append(Running(service_id, environment, called, runs, before))
    return cells


def fold_standings(heads: Heads, at: datetime | None, names: EnvironmentNames) -> list[LaneHead]:
    """What stood in each lane at a moment, by service and environment."""
    found = (fold_standing(*place, heads[place], at, names) for place in sorted(heads))
    return [one for one in found if one.newest is not None]


def find_services_of_keys(organization_id: str, service_ids: Sequence[str]) -> Steps[dict[str, list[str]]]:
    """The keys of lanes of some services, each with those of the services that it belongs to."""
    ids = [rows.storable(one) for one in service_ids]
    found = yield call("list_lane_keys", organization_id=organization_id, service_ids=rows.to_json(ids))
    return services_of_keys(ids, read_each(to_lane_key, found))
