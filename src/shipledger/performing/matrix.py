"""What runs where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shipledger.ledger.deployment import Deployment
from shipledger.ledger.lanes import Lane, Running
from shipledger.performing.performer import Performer


class MatrixPerformer(Performer):
    """See ``verbs.matrix.MatrixVerbs``."""

    async def list_running(self, organization_id: str, service_ids: Sequence[str], *, at: datetime | None) -> list[Running]:
        """What ran of some services at a moment."""
        return await self._parts.store.list_running(organization_id, service_ids, at=at)

    async def list_newer(self, organization_id: str, service_ids: Sequence[str]) -> dict[tuple[str, str], list[Deployment]]:
        """What happened after what runs."""
        return await self._parts.store.list_newer(organization_id, service_ids)

    async def list_lanes(self, organization_id: str, service_id: str) -> list[Lane]:
        """The lanes of a service."""
        return await self._parts.store.list_lanes(organization_id, service_id)
