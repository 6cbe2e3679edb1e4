"""What runs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.clock import to_microseconds
from shipledger.errors import DamagedRecord
from shipledger.found import note_damage
from shipledger.ledger.lanes import Lane, Running, find_running, fold_lane
from shipledger.store import rows
from shipledger.store.deployments.listing import list_repositories_of
from shipledger.store.deployments.walks import read_in_order
from shipledger.store.lanes.rows import GREATEST, names_to_keys, repositories_to_keys, to_head, to_lane_key, to_ran
from shipledger.store.row_reading import owned_by, read_each
from shipledger.store.session import Session, Steps, call


class SqlLanes(Session):
    """See LaneStore."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        wanted = rows.storable(service_id)

        def read() -> Steps[tuple[list[Lane], Sequence[DamagedRecord]]]:
            known = yield call("list_service_keys", organization_id=organization_id, service_id=wanted)
            names = {rows.indexable(name) for name in (wanted, *(row[0] for row in known))}
            repositories = yield from list_repositories_of(organization_id, [wanted])
            keys = [*names_to_keys(sorted(names)), *repositories_to_keys(repositories)]
            found = yield call("list_lanes", organization_id=organization_id, keys=rows.to_json(keys))
            heads: dict[str, set[str]] = {}
            placed = read_each(to_head, owned_by(organization_id, found))
            for environment, ids in placed:
                heads.setdefault(environment, set()).update(ids)
            documents = yield from read_in_order(organization_id, sorted(set().union(*heads.values())))
            of_id = {one.deployment_id: one for one in documents}
            lanes = [fold_lane(of_id[one] for one in heads[environment] if one in of_id) for environment in sorted(heads)]
            return lanes, (*placed.damaged, *documents.damaged)

        lanes, damaged = await self._read_steps(read())
        note_damage(damaged)  # here, where whoever answers hears of it: a store may have read in a thread of its own
        return lanes

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        ids = [rows.storable(one) for one in service_ids]
        at_us = GREATEST if at is None else to_microseconds(at)

        def read() -> Steps[tuple[list[Running], Sequence[DamagedRecord]]]:
            services = yield from find_services_of_keys(organization_id, ids)
            moment = {"at_us": at_us, "until_us": min(at_us, GREATEST - 1)}
            found = yield call("list_running", organization_id=organization_id, keys=rows.to_json(sorted(services)), **moment)
            ran = read_each(to_ran, found)
            heads: dict[tuple[str, str], set[str]] = {}
            for key, environment, deployment_ids in ran:
                for service_id in services[key]:
                    heads.setdefault((service_id, environment), set()).update(deployment_ids)
            documents = yield from read_in_order(organization_id, sorted(set().union(*heads.values())))
            of_id = {one.deployment_id: one for one in documents}
            cells = []
            for service_id, environment in sorted(heads):
                runs, before = find_running((of_id[one] for one in heads[service_id, environment] if one in of_id), at)
                if runs is not None:
                    cells.append(Running(service_id, environment, runs, before))
            return cells, (*ran.damaged, *documents.damaged)

        cells, damaged = await self._read_steps_long(read())
        note_damage(damaged)
        return cells


def find_services_of_keys(organization_id: str, service_ids: Sequence[str]) -> Steps[dict[str, list[str]]]:
    """The keys of lanes of some services, each with those of the services that it belongs to."""
    found = yield call("list_lane_keys", organization_id=organization_id, service_ids=rows.to_json(service_ids))
    services: dict[str, list[str]] = {key: [one] for one in service_ids for key in names_to_keys([rows.indexable(one)])}
    for service_id, key in read_each(to_lane_key, found):
        of_key = services.setdefault(key, [])
        if service_id not in of_key:
            of_key.append(service_id)
    return services
