"""Deployments that wait at gates, and decisions, through the program's own pipeline."""

from __future__ import annotations

from msgspec.structs import replace

from shipledger.clock import Clock
from shipledger.gating.gate import Gate, GateStatus
from shipledger.gating.knowledge import study
from shipledger.gating.names import asks, gate_alias
from shipledger.gating.submissions import DecideGate
from shipledger.ingestion.at_once import AskingStore
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import Asked, Decided
from shipledger.ledger.state import is_final
from shipledger.ledger.verdict import Verdict
from shipledger.store.contract import Store
from shipledger.store.receipts.contract import SettlementBatch

OPERATOR = Actor(ActorKind.COMMAND, "gate")


async def decide_gate(
    store: Store, gate: Gate, status: GateStatus, *, reason: str = "", actor: Actor = OPERATOR, clock: Clock | None = None
) -> Verdict:
    """The verdict on a decision, as a command makes it."""
    asked = DecideGate(deployment_id=gate.deployment_id, status=status, reason=reason)
    asks = AskingStore(store, clock or Clock())
    (verdict,) = await asks.ask(gate.organization_id, [asked], operation="gate", actor=actor)
    return verdict


async def with_gates(store: Store, batch: SettlementBatch) -> SettlementBatch:
    """A batch that was decided about deployments alone, with what it does to their gates."""
    said = [Asked(one.receipt, entry.submission) for one in batch.receipts for entry in one.entries]
    ends = any(one.is_removed or is_final(one.state) for one in batch.changed)
    if not ends and not any(getattr(one.submission, "asks_for_gate", False) for one in said):
        return batch
    known = await study(store, said, [(one.organization_id, gate_alias(one.deployment_id)) for one in batch.changed])
    working = known.begin({}, is_guarded=True)
    receipts, gates = [], {}
    for settled in batch.receipts:
        own = {entry.subject_id for entry in settled.entries}
        states = tuple(one for one in batch.changed if one.subject_id in own)
        entries = settled.entries
        for asked in asks(settled.receipt, 0, Decided(settled.verdicts[0], entries=settled.entries, states=states)):
            further = working.decide(settled.receipt, 0, asked, batch.settled_at)
            working.put(further)
            entries = (*entries, *further.entries)
            gates.update({gate.gate_id: gate for gate in further.states})
        receipts.append(replace(settled, entries=entries))
    return replace(batch, receipts=tuple(receipts), changed=(*batch.changed, *gates.values()))
