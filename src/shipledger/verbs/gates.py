"""Gates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from shipledger.found import Found
from shipledger.gating.gate import Gate, GateStatus
from shipledger.ledger.actor import Actor
from shipledger.ledger.submission import Alias

REASON_LIMIT = 1_000
"""Characters of a reason."""


class GateDecisions(Protocol):
    """Decisions of people."""

    async def decide_gate(self, gate: Gate, status: GateStatus, reason: str, *, by: Actor) -> None:
        """Allow or prevent a deployment that waits. Raises Invalid for a long reason, and Conflict if it is decided already."""


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

    async def find_gate_named(self, organization_id: str, alias: Alias) -> Gate | None:
        """The gate with a name, or None."""

    async def name_credentials(self, organization_id: str, credential_ids: Collection[str]) -> dict[str, str]:
        """The names of those of the credentials that are not deleted, by id."""
