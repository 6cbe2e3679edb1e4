"""Steps that find which deployments may run now."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from shipledger.ledger.deployment import Deployment
from shipledger.store import rows
from shipledger.store.deployments.walks import read_in_order
from shipledger.store.lanes.rows import list_lane_keys
from shipledger.store.lanes.verbs import find_services_of_keys
from shipledger.store.session import Steps, call

_OF_NAME = "name:"


class Heads(Struct, frozen=True):
    """Deployments that came to run last under a name of theirs.

    ``unowned``: of names that no service has, so they run. ``owned``: of names of services, of which another name may have come
    to run later; ``of_services`` has the ids of these.
    """

    unowned: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    of_services: frozenset[str] = frozenset()


def read_heads(organization_id: str, deployment_ids: Sequence[str]) -> Steps[Heads]:
    """Those of some deployments that may run now. Of one that names services these count, else its repositories."""
    ids = rows.to_json(map(rows.storable, deployment_ids))
    found = yield call("list_lane_heads", organization_id=organization_id, deployment_ids=ids)
    if not found:
        return Heads()
    known = yield call("list_service_ids", organization_id=organization_id)
    services = yield from find_services_of_keys(organization_id, [row[0] for row in known])
    documents = yield from read_in_order(organization_id, sorted({row[0] for row in found}))
    counted = {one.deployment_id: _list_keys(one) for one in documents}
    heads = [(one, key) for one, key in found if key in counted.get(one, ())]
    return Heads(
        unowned=frozenset(one for one, key in heads if key not in services),
        owned=frozenset(one for one, key in heads if key in services),
        of_services=frozenset(service for _, key in heads for service in services.get(key, ())),
    )


def _list_keys(deployment: Deployment) -> frozenset[str]:
    keys = list_lane_keys(deployment)
    return frozenset(key for key in keys if key.startswith(_OF_NAME)) or keys
