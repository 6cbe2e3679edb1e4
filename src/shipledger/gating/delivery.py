"""That an app is told how a gate stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from shipledger.gating.gate import Gate

LONGEST_PAUSE = timedelta(minutes=15)
"""Before a change is told again."""


class DeliveryState(StrEnum):
    """What became of telling. ``failed``: the app refused, or did not answer however often it was asked."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(Struct, frozen=True):
    """One change of a gate that its app is told of. ``gate`` is as it stood then; ``answer`` is what the app said last."""

    gate: Gate
    state: DeliveryState
    attempts: int
    due_at: datetime
    answer: str = ""

    @property
    def name(self) -> str:
        """The same for all tries."""
        return f"{self.gate.deployment_id}-{self.gate.change}"
