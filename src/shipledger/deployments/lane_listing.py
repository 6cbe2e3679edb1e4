"""What runs where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.environment_names import EnvironmentNames
from shipledger.ledger.lanes import Lane, LaneHead, Neighbours, Running


class LaneStore(Protocol):
    """The lanes of services."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service, by the name of the environment: of its repositories, and of what senders call it."""

    async def find_neighbours(self, deployment: Deployment, service_ids: Sequence[str]) -> Neighbours:
        """What stands next to a deployment in the lanes of some services; without any, in those of what it names itself."""

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        """What ran of some services at a moment, by service and environment; None is now. Lanes where nothing ran have none."""

    async def list_standings(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[LaneHead]:
        """What stands at the head of each lane of some services at a moment, by service and environment; None is now."""

    async def list_service_environments(self, organization_id: str) -> list[tuple[str, str]]:
        """Every service, with each name of an environment that deployments of it had, as names compare."""

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
        """What ``list_standings`` gives by what was known at ``as_of``, with the tiers of today.

        ``services``: those of then, by the keys of their lanes. ``names``: those of environments that were known then.
        ``changed``: as they were known then, those that changed since.
        """

    async def list_changed_deployments(self, organization_id: str, as_of: datetime, *, limit: int) -> list[str]:
        """The ids of deployments that were known at a moment and have changed since."""
