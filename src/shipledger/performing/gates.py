"""Gates."""

from __future__ import annotations

from shipledger.found import Found
from shipledger.gating.gate import Gate, GateStatus
from shipledger.performing.performer import Performer, tell_damaged


class GatePerformer(Performer):
    """See ``verbs.gates.GateVerbs``."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""
        return await self._parts.store.find_gate(organization_id, deployment_id)

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        """The gate with a number, or None."""
        return await self._parts.store.find_gate_by_number(organization_id, number)

    async def list_gates(
        self, organization_id: str, *, status: GateStatus | None, before_number: int | None, limit: int
    ) -> Found[Gate]:
        """A page of gates, newest first."""
        found = await self._parts.store.list_gates(organization_id, status=status, before_number=before_number, limit=limit)
        return tell_damaged(found)

    async def decide_gate(self, gate: Gate, status: GateStatus, *, reason: str) -> Gate:
        """The gate, decided."""
        return await self._parts.store.decide_gate(gate, status, reason=reason, now=self._parts.clock.now())
