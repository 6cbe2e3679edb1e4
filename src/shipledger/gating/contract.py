"""What every store does with gates; part of ``store.contract.Store``. Their entries are settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shipledger.found import Found
from shipledger.gating.gate import Gate, GateStatus


class GateStore(Protocol):
    """Gates, and the decisions of people."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        """The gate of a deployment; None when it never asked for one."""

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        """The gate with a number, or None."""

    async def list_gates(
        self, organization_id: str, *, status: GateStatus | None, before_number: int | None, limit: int
    ) -> Found[Gate]:
        """A page of gates, newest first."""

    async def list_overdue_gates(
        self, organization_id: str, *, asked_until: datetime, asked_after: datetime, limit: int
    ) -> list[Gate]:
        """The gates that wait for a decision and were asked for until one time, or after another, the oldest first."""

    async def find_last_gate_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """The greatest number ever given to a gate, by organization."""

    async def enter_left_gates(self) -> int:
        """Make entries for what a version without entries did to gates, with the migration as actor; how many."""
