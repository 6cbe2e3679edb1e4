"""What runs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Lane, Running


class MatrixVerbs(Protocol):
    """What runs where, now or at a moment."""

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        """What ran of some services at a moment, by service and environment; None is now. Lanes where nothing ran have none."""

    async def list_newer(self, organization_id: str, service_ids: Sequence[str]) -> dict[tuple[str, str], list[Deployment]]:
        """What of some services happened after what runs and did not come to run, by service and environment, newest first."""

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service, by the name of the environment."""
