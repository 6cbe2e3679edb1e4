"""What fails: deployments that failed lately, and after which nothing else ended in their lane."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import UNSET
from msgspec.structs import replace

from shipledger.catalog.repository import repository_key
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.registers import known
from shipledger.store.contract import Store
from shipledger.verbs.home import EXAMINED, NONE, SHOWN, Count


async def list_failing(
    store: Store, organization_id: str, *, started_from: datetime, started_until: datetime
) -> tuple[Count, Sequence[Deployment]]:
    """What fails now of what started within a time, newest start first.

    Of several services, one that still fails is enough. Counting stops where there is more than people are shown.
    """
    # The store tells lanes apart by what senders call services and environments; several names may be of one.
    candidates = await store.list_last_failures(
        organization_id, started_from=started_from, started_until=started_until, limit=EXAMINED + 1
    )
    if not candidates:
        return NONE, ()
    named = sorted({name for one in candidates for name in known(one.facts.services) or ()})
    ids = await store.find_named_services(organization_id, named) if named else {}
    mapped: dict[str, set[str]] = {}
    for mapping in await store.list_mappings(organization_id):
        mapped.setdefault(repository_key(mapping.repository), set()).add(mapping.service_id)
    failing: list[Deployment] = []
    for one in candidates[:EXAMINED]:
        services = {ids[name] for name in known(one.facts.services) or () if name in ids}
        services.update(*(mapped.get(repository_key(each.repository), ()) for each in one.releases))
        lanes = [(one, [each]) for each in sorted(services)] or [(part, []) for part in _list_parts(one)]
        if any([(await store.find_neighbours(part, lane)).ended_after is None for part, lane in lanes]):
            failing.append(one)
        if len(failing) > SHOWN:
            break
    is_more = len(failing) > SHOWN or (len(candidates) > EXAMINED and bool(failing))
    return Count(min(len(failing), SHOWN), is_more), failing[:SHOWN]


def _list_parts(deployment: Deployment) -> list[Deployment]:
    """A deployment as it stands in each lane of a service that nobody has created yet."""
    facts = deployment.facts
    parts = [replace(facts, services=UNSET, releases=(one,)) for one in deployment.releases]
    parts += [replace(facts, services=(one,), releases=()) for one in known(facts.services) or ()]
    return [replace(deployment, facts=one) for one in parts or [facts]]
