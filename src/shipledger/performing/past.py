"""What the ledger knew at a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec.structs import replace

from shipledger.catalog.past import PastServices
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy, resolve
from shipledger.deployments.aggregate import DEPLOYMENTS
from shipledger.deployments.listing import DeploymentFilter
from shipledger.errors import Invalid
from shipledger.found import Found
from shipledger.incidents.aggregate import INCIDENTS
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import LaneHead
from shipledger.performing.past_catalog import PastCatalogPerformer
from shipledger.performing.past_filter import make_filter
from shipledger.performing.past_records import READ_AT_ONCE, PastPage
from shipledger.pull_requests.aggregate import PULL_REQUESTS
from shipledger.pull_requests.model import PullRequest
from shipledger.store import rows
from shipledger.store.lanes.rows import list_past_lanes, services_of_keys
from shipledger.texts import indexable

CHANGED_LIMIT = 10_000
"""Deployments that are folded for one answer at most."""

TOO_MUCH_CHANGED = (
    f"lies before changes to more than {CHANGED_LIMIT:,} deployments that were known then; "
    "ask for a later time, or for single deployments"
)


class PastPerformer(PastCatalogPerformer):
    """See ``verbs.past.PastVerbs``."""

    async def find_deployment_as_of(
        self, organization_id: str, deployment_id: str, as_of: datetime, policy: TierPolicy
    ) -> Deployment | None:
        """The deployment as it was known, or None."""
        known = await self._find(DEPLOYMENTS, organization_id, deployment_id, as_of)
        return resolve(known.records[0], policy) if known.records else None

    async def find_incident_as_of(self, organization_id: str, incident_id: str, as_of: datetime) -> Incident | None:
        """The incident as it was known, or None."""
        known = await self._find(INCIDENTS, organization_id, incident_id, as_of)
        return known.records[0] if known.records else None

    async def find_pull_request_as_of(self, organization_id: str, pull_request_id: str, as_of: datetime) -> PullRequest | None:
        """The pull request as it was known, or None."""
        known = await self._find(PULL_REQUESTS, organization_id, pull_request_id, as_of)
        return known.records[0] if known.records else None

    async def list_deployments_as_of(
        self,
        organization_id: str,
        as_of: datetime,
        wanted: DeploymentFilter,
        past: PastServices,
        policy: TierPolicy,
        *,
        before_id: str,
    ) -> tuple[Found[Deployment], str]:
        """A page of deployments as they were known."""
        service = past.find(wanted.service_name) if wanted.service_name else None
        services = [] if service is None else [service]
        if wanted.team:
            team = wanted.team.casefold()
            owned = [one for one in past.services if one.draft.team_id.casefold() == team]
            services = [one for one in owned if not wanted.service_name or one == service]
            if not services:
                return Found(), ""
            wanted = replace(wanted, service_name="")
        keys = frozenset(_find_keys(past, services)) if services else frozenset[str]()
        known = await self._parts.store.read_known_people(organization_id) if wanted.person else None
        people = frozenset() if known is None else frozenset(known.list_keys(wanted.person))
        fits = make_filter(wanted, keys, policy.names, past.names_of(wanted.repository), people)
        page = PastPage(before_id, wanted.limit)
        return await self._walk(DEPLOYMENTS, organization_id, as_of, fits, page, prepare=lambda one: resolve(one, policy))

    async def list_incidents_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[Incident], bool], *, before_id: str, limit: int
    ) -> tuple[Found[Incident], str]:
        """A page of incidents as they were known."""
        return await self._walk(INCIDENTS, organization_id, as_of, fits, PastPage(before_id, limit))

    async def list_pull_requests_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[PullRequest], bool], *, before_id: str, limit: int
    ) -> tuple[Found[PullRequest], str]:
        """A page of pull requests as they were known."""
        return await self._walk(PULL_REQUESTS, organization_id, as_of, fits, PastPage(before_id, limit))

    async def list_standings_as_of(
        self,
        organization_id: str,
        past: PastServices,
        services: Sequence[ServiceRecord],
        policy: TierPolicy,
        *,
        at: datetime | None,
        as_of: datetime,
    ) -> list[LaneHead]:
        """What stood in the lanes of some services."""
        changed = await self._fold_changed(organization_id, as_of)
        cells = await self._parts.store.list_standings_as_of(
            organization_id, _find_keys(past, services), policy.names, at=at, as_of=as_of, changed=changed
        )
        return [
            replace(
                one,
                runs=None if one.runs is None else resolve(one.runs, policy),
                before=None if one.before is None else resolve(one.before, policy),
                later=None if one.later is None else resolve(one.later, policy),
            )
            for one in cells
        ]

    async def list_environments_as_of(self, organization_id: str, as_of: datetime) -> list[TierPlace]:
        """Every environment that deployments had."""
        places = await self._parts.store.list_tier_places_as_of(organization_id, as_of)
        changed = await self._fold_changed(organization_id, as_of)
        return [*places, *(place for one in changed if (place := to_tier_place(one)) is not None)]

    async def _fold_changed(self, organization_id: str, as_of: datetime) -> list[Deployment]:
        """The deployments that were known and have changed since, as they were known. Raises Invalid if they are too many."""
        ids = await self._parts.store.list_changed_deployments(organization_id, as_of, limit=CHANGED_LIMIT + 1)
        if len(ids) > CHANGED_LIMIT:
            raise Invalid("as_of", "Too much has changed since.", fields={"as_of": TOO_MUCH_CHANGED})
        changed: list[Deployment] = []
        for first in range(0, len(ids), READ_AT_ONCE):
            past, _ = await self._fold(DEPLOYMENTS, organization_id, ids[first : first + READ_AT_ONCE], as_of)
            changed += past.records
        return changed


def to_tier_place(one: Deployment) -> TierPlace | None:
    """The environment of a deployment, as the ones that rows give; None if nobody said any."""
    environment, said = one.environment, one.said_environment
    if environment is None or said is None:
        return None
    return TierPlace(rows.environment_key(one) or "", indexable(environment.name), said.tier, environment.tier)


def _find_keys(past: PastServices, services: Sequence[ServiceRecord]) -> dict[str, list[str]]:
    """The keys of the lanes of some services, each with the ids of those."""
    return services_of_keys([one.service_id for one in services], list_past_lanes(past, services))
