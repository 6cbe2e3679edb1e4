"""Gates."""

from __future__ import annotations

from typing import Protocol

from shipledger.found import Found
from shipledger.gating.gate import Gate, GateStatus


class GateVerbs(Protocol):
    """Gates."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        """The gate with a number, or None."""

    async def list_gates(
        self, organization_id: str, *, status: GateStatus | None, before_number: int | None, limit: int
    ) -> Found[Gate]:
        """A page of gates, newest first."""

    async def decide_gate(self, gate: Gate, status: GateStatus, *, reason: str) -> Gate:
        """The gate, decided. Raises Conflict when it does not stand as ``gate`` does."""
