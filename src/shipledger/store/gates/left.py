"""Gates that a version without entries has left, or changes beside this one, get entries with the migration as actor."""

from __future__ import annotations

import contextlib
from typing import Any

from shipledger.clock import to_microseconds
from shipledger.errors import Conflict, DamagedRecord
from shipledger.gating.aggregate import GATES
from shipledger.gating.fold import fold
from shipledger.gating.gate import KIND
from shipledger.gating.submissions import KeepGate
from shipledger.ledger.actor import Actor, ActorKind
from shipledger.ledger.aggregate import RecordEntry
from shipledger.store import rows
from shipledger.store.gates.verbs import SqlGates, to_gate
from shipledger.store.projecting import Cause, Change
from shipledger.store.session import Steps, call
from shipledger.store.settlement.verbs import append_of

MIGRATION = Actor(ActorKind.MIGRATION, "0040_gates")
_AT_ONCE = 500
_GATE_COLUMNS = 9


class SqlLeftGates(SqlGates):
    """See GateStore."""

    async def enter_left_gates(self) -> int:
        if not await self._fetch("has_left_gates"):
            return 0
        count = 0
        for organization in await self._fetch("list_organizations"):
            after: str | None = ""
            while after is not None:
                with contextlib.suppress(Conflict):  # another node has entered them
                    entered, after = await self._write_steps(self._enter(organization[0], after))
                    count += entered
                    continue
                break
        return count

    def _enter(self, organization_id: str, after: str) -> Steps[tuple[int, str | None]]:
        found = yield call("list_left_gates", organization_id=organization_id, after=after, limit=_AT_ONCE)
        entries = []
        for row in found:
            with contextlib.suppress(DamagedRecord):  # it stays, and `shipledger doctor` names it
                if row[-1] is not None:
                    entries.append(_to_entry(row))
        if entries:
            yield append_of(GATES, entries)
            yield from self._tell(Change(Cause.REBUILD, records=tuple(fold(None, entry) for entry in entries)))
        return len(entries), found[-1][1] if len(found) == _AT_ONCE else None


def _to_entry(row: rows.Row) -> Any:
    """What a gate has come to, sent by the receipt that asked for it: so it is erased with what its credential sent."""
    gate_id, version, place = row[_GATE_COLUMNS:]
    receipt_id, item = place.split(" ")
    gate = to_gate(row[:_GATE_COLUMNS])
    kept = KeepGate(
        gate_id=gate_id,
        deployment_id=gate.deployment_id,
        subject=gate.subject,
        number=gate.number,
        credential_id=gate.credential_id,
        status=gate.status,
        asked_us=to_microseconds(gate.asked_at),
        changed_us=to_microseconds(gate.changed_at),
        reason=gate.reason,
    )
    place_of = (gate.organization_id, gate_id, version + 1, receipt_id, int(item))
    return RecordEntry(KIND, *place_of, gate.asked_at, gate.changed_at, kept, MIGRATION)
