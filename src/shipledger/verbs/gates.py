"""Gates."""

from __future__ import annotations

from typing import Protocol

from shipledger.gating.gate import Gate


class GateVerbs(Protocol):
    """Gates."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment, or None."""
