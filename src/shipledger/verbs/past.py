"""What the ledger knew at a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from shipledger.deployments.listing import DeploymentFilter
from shipledger.found import Found
from shipledger.incidents.model import Incident
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Running


class PastVerbs(Protocol):
    """What the ledger knew at a moment. Rules for tiers and the mapping of repositories are those of today."""

    async def find_deployment_as_of(self, organization_id: str, deployment_id: str, as_of: datetime) -> Deployment | None:
        """The deployment as it was known, or None."""

    async def find_incident_as_of(self, organization_id: str, incident_id: str, as_of: datetime) -> Incident | None:
        """The incident as it was known, or None."""

    async def list_deployments_as_of(
        self, organization_id: str, as_of: datetime, wanted: DeploymentFilter, *, before_id: str
    ) -> tuple[Found[Deployment], str]:
        """A page of deployments as they were known, the one recorded last first, before an id; and the id after which to go on.

        "" is after all, and where none follows. A page may have fewer than ``wanted.limit``, though others follow.
        """

    async def list_incidents_as_of(
        self, organization_id: str, as_of: datetime, fits: Callable[[Incident], bool], *, before_id: str, limit: int
    ) -> tuple[Found[Incident], str]:
        """The same for those incidents that ``fits`` takes."""

    async def list_running_as_of(
        self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None, as_of: datetime
    ) -> list[Running]:
        """What ran of some services at a moment by what was known at another one. Raises Invalid if too much changed since."""
