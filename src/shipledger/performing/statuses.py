"""The condition of the installation, as edges ask for it."""

from __future__ import annotations

from shipledger.performing.performer import Performer
from shipledger.verbs.status import Status


class StatusPerformer(Performer):
    """See ``verbs.status.StatusVerbs``."""

    async def read_status(self) -> Status:
        """How it is now."""
        return await self._parts.status.read_status()

    async def is_operated_by(self, organization_id: str) -> bool:
        """Whether the operators of the installation belong to an organization."""
        return await self._parts.status.is_operated_by(organization_id)
