"""What apps are told of gates."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from shipledger.clock import JUMP, from_microseconds, to_microseconds
from shipledger.gating.delivery import LONGEST_PAUSE, Delivery, DeliveryState
from shipledger.gating.gate import GateStatus
from shipledger.store import rows
from shipledger.store.gates.verbs import to_gate
from shipledger.store.row_reading import read_each, reads
from shipledger.store.session import Session

_OWN_COLUMNS = 6


class SqlGateDeliveries(Session):
    """See GateStore."""

    async def list_due_deliveries(self, organization_id: str, *, now: datetime, limit: int) -> list[Delivery]:
        found = await self._fetch(
            "list_due_deliveries", organization_id=organization_id, now_us=to_microseconds(now), limit=limit
        )
        return read_each(_to_delivery, found)

    async def hasten_deliveries(self, organization_id: str, *, now: datetime) -> int:
        times = {"now_us": to_microseconds(now), "latest_us": to_microseconds(now + LONGEST_PAUSE + JUMP)}
        count: int = await self._execute("hasten_deliveries", organization_id=organization_id, **times)
        return count

    async def list_deliveries(self, organization_id: str, deployment_id: str) -> list[Delivery]:
        found = await self._fetch("list_deliveries", organization_id=organization_id, deployment_id=deployment_id)
        return read_each(_to_delivery, found)

    async def note_delivery(self, before: Delivery, after: Delivery, *, now: datetime) -> bool:
        changed: int = await self._execute(
            "note_delivery",
            organization_id=before.gate.organization_id,
            deployment_id=before.gate.deployment_id,
            change=before.gate.change,
            expected=before.attempts,
            state=after.state.value,
            attempts=after.attempts,
            due_us=to_microseconds(after.due_at),
            now_us=to_microseconds(now),
            answer=rows.storable(after.answer),
        )
        return changed == 1


@reads("gate_delivery", "", 0, 1)
def _to_delivery(row: rows.Row) -> Delivery:
    status, changed_us, state, attempts, due_us, answer = row[-_OWN_COLUMNS:]
    gate = to_gate(row[:-_OWN_COLUMNS])
    return Delivery(
        gate=replace(gate, status=GateStatus(status), changed_at=from_microseconds(changed_us)),
        state=DeliveryState(state),
        attempts=attempts,
        due_at=from_microseconds(due_us),
        answer=answer,
    )
