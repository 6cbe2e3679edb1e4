"""What the ledger knew at a moment: folds of the entries that were recorded by then, made beside the event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from shipledger.catalog.tiers import TierPolicy, resolve
from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import DamagedRecord, Invalid
from shipledger.found import Found
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.model import Incident
from shipledger.ledger.aggregate import Aggregate
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Running
from shipledger.ledger.past import fold_as_of
from shipledger.performing.past_filter import make_filter
from shipledger.performing.performer import Performer, tell_damaged

READ_AT_ONCE = 200
READ_FOR_A_PAGE = 5_000
"""Records that are folded for one page at most."""
CHANGED_LIMIT = 10_000
"""Deployments that are folded for one matrix at most."""
SIZE_OF_ENTRY = 300
"""What folding an entry costs, in characters read."""

TOO_MUCH_CHANGED = (
    f"lies before changes to more than {CHANGED_LIMIT:,} deployments that were known then; "
    "ask for a later time, or for single deployments"
)


class PastPerformer(Performer):
    """See ``verbs.past.PastVerbs``."""

    async def find_deployment_as_of(self, organization_id: str, deployment_id: str, as_of: datetime) -> Deployment | None:
        """The deployment as it was known, or None."""
        policy = await self._parts.store.find_tier_policy(organization_id)
        found: Deployment | None = _only(await self._fold(DEPLOYMENTS, organization_id, [deployment_id], as_of, policy))
        return found

    async def find_incident_as_of(self, organization_id: str, incident_id: str, as_of: datetime) -> Incident | None:
        """The incident as it was known, or None."""
        found: Incident | None = _only(await self._fold(INCIDENTS, organization_id, [incident_id], as_of))
        return found

    async def list_deployments_as_of(
        self, organization_id: str, as_of: datetime, wanted: DeploymentFilter, *, before_id: str
    ) -> tuple[Found[Deployment], str]:
        """A page of deployments as they were known."""
        keys = await self._parts.store.find_lane_keys(organization_id, wanted.service_id) if wanted.service_id else frozenset()
        fits = make_filter(wanted, keys, rename=self._parts.aliases.rename)
        policy = await self._parts.store.find_tier_policy(organization_id)
        return await self._walk(DEPLOYMENTS, organization_id, as_of, fits, before_id=before_id, limit=wanted.limit, policy=policy)

    async def list_incidents_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[Incident], bool], *, before_id: str, limit: int
    ) -> tuple[Found[Incident], str]:
        """A page of incidents as they were known."""
        return await self._walk(INCIDENTS, organization_id, as_of, fits, before_id=before_id, limit=limit)

    async def list_running_as_of(
        self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None, as_of: datetime
    ) -> list[Running]:
        """What ran of some services."""
        store = self._parts.store
        ids = await store.list_changed_deployments(organization_id, as_of, limit=CHANGED_LIMIT + 1)
        if len(ids) > CHANGED_LIMIT:
            raise Invalid("as_of", "Too much has changed since.", fields={"as_of": TOO_MUCH_CHANGED})
        changed: list[Deployment] = []
        policy = await store.find_tier_policy(organization_id)
        for first in range(0, len(ids), READ_AT_ONCE):
            changed += await self._fold(DEPLOYMENTS, organization_id, ids[first : first + READ_AT_ONCE], as_of, policy)
        return await store.list_running_as_of(organization_id, service_ids, at=at, as_of=as_of, changed=changed)

    async def _walk(
        self,
        aggregate: Aggregate,
        organization_id: str,
        as_of: datetime,
        fits: Callable[[Any], bool],
        *,
        before_id: str,
        limit: int,
        policy: TierPolicy | None = None,
    ) -> tuple[Found[Any], str]:
        """Those records that fit, and the id after which the next page begins."""
        found: list[Any] = []
        damaged: list[DamagedRecord] = []
        for _ in range(0, READ_FOR_A_PAGE, READ_AT_ONCE):
            ids = await self._parts.store.list_ids_as_of(
                aggregate.kind, organization_id, as_of, before_id=before_id, limit=READ_AT_ONCE
            )
            records = await self._fold(aggregate, organization_id, ids, as_of, policy)
            damaged += records.damaged
            fitting = sorted((one for one in records if fits(one)), key=lambda one: one.subject_id, reverse=True)
            room = limit - len(found)
            found += fitting[:room]
            if len(fitting) > room or (len(fitting) == room and room and len(ids) == READ_AT_ONCE):
                return Found(found, damaged), found[-1].subject_id
            if len(ids) < READ_AT_ONCE:
                return Found(found, damaged), ""
            before_id = ids[-1]
        return Found(found, damaged), before_id

    async def _fold(
        self, aggregate: Aggregate, organization_id: str, ids: Sequence[str], as_of: datetime, policy: TierPolicy | None = None
    ) -> Found[Any]:
        if not ids:
            return Found()
        histories = tell_damaged(await self._parts.store.read_entries_of(aggregate.kind, organization_id, ids))
        fold = partial(_fold_all, aggregate, histories, as_of, policy)
        size = SIZE_OF_ENTRY * sum(map(len, histories))
        return Found(await self._parts.long_work.run(organization_id, fold, size=size), histories.damaged)


def _fold_all(aggregate: Aggregate, histories: Sequence[Sequence[Any]], as_of: datetime, policy: TierPolicy | None) -> list[Any]:
    folded = (fold_as_of(history, as_of, aggregate.fold_history) for history in histories)
    known = [one for one in folded if one is not None]
    return known if policy is None else [resolve(one, policy) for one in known]


def _only(found: Found[Any]) -> Any:
    if found.damaged:
        raise found.damaged[0]
    return found[0] if found else None
