"""Gates."""

from __future__ import annotations

from shipledger.gating.gate import Gate
from shipledger.performing.performer import Performer


class GatePerformer(Performer):
    """See ``verbs.gates.GateVerbs``."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""
        return await self._parts.store.find_gate(organization_id, deployment_id)
