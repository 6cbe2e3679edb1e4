"""What the ledger knew at a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from shipledger.catalog.past import PastServices, PastTiers
from shipledger.catalog.services.model import ServiceRecord
from shipledger.catalog.tier_contract import TierPlace
from shipledger.catalog.tiers import TierPolicy
from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import LaneHead
from shipledger.pull_requests.model import PullRequest


class PastVerbs(Protocol):
    """What the ledger knew at a moment, with the services and the rules for tiers that it knew then."""

    async def find_tiers_as_of(self, organization_id: str, as_of: datetime) -> PastTiers:
        """The rules for tiers, and tiers set by hand, that were known."""

    async def read_services_as_of(self, organization_id: str, as_of: datetime) -> PastServices:
        """The services that were known, with their names and repositories."""

    async def find_deployment_as_of(
        self, organization_id: str, deployment_id: str, as_of: datetime, policy: TierPolicy
    ) -> Deployment | None:
        """The deployment as it was known, with its tier by ``policy``, or None."""

    async def find_incident_as_of(self, organization_id: str, incident_id: str, as_of: datetime) -> Incident | None:
        """The incident as it was known, or None."""

    async def find_pull_request_as_of(self, organization_id: str, pull_request_id: str, as_of: datetime) -> PullRequest | None:
        """The pull request as it was known, or None."""

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
        """A page of deployments as they were known, the one recorded last first, before an id; and the id after which to go on.

        "" is after all, and where none follows. A page may have fewer than ``wanted.limit``, though others follow.
        """

    async def list_incidents_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[Incident], bool], *, before_id: str, limit: int
    ) -> tuple[Found[Incident], str]:
        """The same for those incidents that ``fits`` takes."""

    async def list_pull_requests_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[PullRequest], bool], *, before_id: str, limit: int
    ) -> tuple[Found[PullRequest], str]:
        """The same for those pull requests that ``fits`` takes."""

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
        """What stood in the lanes of some services at a moment by what was known at another one.

        Raises Invalid if too much has changed since.
        """

    async def list_environments_as_of(self, organization_id: str, as_of: datetime) -> list[TierPlace]:
        """Every environment that deployments had by what was known, some perhaps twice. Raises Invalid as the above."""
