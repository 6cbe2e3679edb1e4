"""Decisions at gates by people: the rules of the pages."""

from __future__ import annotations

from shipledger.errors import Conflict, Invalid
from shipledger.gating.gate import Gate, GateStatus
from shipledger.gating.submissions import DecideGate
from shipledger.ledger.actor import Actor
from shipledger.ledger.asking import Asks
from shipledger.ledger.verdict import VerdictKind
from shipledger.verbs.gates import REASON_LIMIT


class GateDesk:
    """See ``verbs.gates.GateDecisions``."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def decide_gate(self, gate: Gate, status: GateStatus, reason: str, *, by: Actor) -> None:
        """Allow or prevent a deployment that waits."""
        if len(reason) > REASON_LIMIT:
            text = f"should have at most {REASON_LIMIT:,} characters"
            raise Invalid("gate_reason", f"The reason {text}.", fields={"reason": text})
        asked = DecideGate(deployment_id=gate.deployment_id, status=status, reason=reason)
        (verdict,) = await self._asks.ask(gate.organization_id, [asked], operation="gate", actor=by)
        if verdict.kind is not VerdictKind.APPLIED:
            raise Conflict("gate_decided", f"{gate.key} is decided already; that is final.")
