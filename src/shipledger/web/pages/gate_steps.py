"""Who asked and who decided at a gate, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from shipledger.gating.gate import Gate, GateStatus
from shipledger.verbs.actor_names import actor_name, find_actor_names
from shipledger.verbs.browsing import GateBrowsing, PersonBrowsing


class GateStep(Struct, frozen=True):
    """One change of a gate, and who made it."""

    status: GateStatus
    at: datetime
    who: str


class Reader(GateBrowsing, PersonBrowsing, Protocol):
    """What of the ledger is asked."""


async def list_gate_steps(ledger: Reader, gate: Gate | None) -> list[GateStep]:
    """The changes of a gate, oldest first; none without one."""
    if gate is None:
        return []
    names = await find_actor_names(ledger, gate.organization_id, [one.actor for one in gate.changes])
    return [GateStep(status=one.status, at=one.at, who=actor_name(one.actor, names)) for one in gate.changes]
