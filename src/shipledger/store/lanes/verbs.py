"""What runs where."""

from __future__ import annotations

from collections.abc import Sequence

from shipledger.errors import DamagedRecord
from shipledger.found import note_damage
from shipledger.ledger.lanes import Lane, fold_lane
from shipledger.store import rows
from shipledger.store.deployments.listing import list_repositories_of
from shipledger.store.deployments.walks import read_in_order
from shipledger.store.lanes.rows import names_to_keys, repositories_to_keys, to_head
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
