"""Gates: what settlement opens and closes, and what people decide."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.errors import Conflict
from shipledger.found import Found
from shipledger.gating.gate import Gate, GateStatus, GateSubject, subject_of
from shipledger.ledger.deployment import Deployment
from shipledger.ledger.state import is_final
from shipledger.ledger.submission import RecordDeployment
from shipledger.store import rows
from shipledger.store.gates.messages import tell_of_gate
from shipledger.store.receipts.contract import SettlementBatch
from shipledger.store.row_reading import read_each, reads
from shipledger.store.session import Session, Steps, call

_NEVER = 2**31 - 1
_decode_subject = msgspec.json.Decoder(GateSubject).decode


class SqlGates(Session):
    """See GateStore."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        row = await self._fetch("find_gate", organization_id=organization_id, deployment_id=rows.storable(deployment_id))
        return None if row is None else to_gate(row)

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        row = await self._fetch("find_gate_by_number", organization_id=organization_id, number=number)
        return None if row is None else to_gate(row)

    async def list_gates(
        self, organization_id: str, *, status: GateStatus | None, before_number: int | None, limit: int
    ) -> Found[Gate]:
        found = await self._fetch(
            "list_gates",
            organization_id=organization_id,
            status="" if status is None else status.value,
            before_number=_NEVER if before_number is None else before_number,
            limit=limit,
        )
        return read_each(to_gate, found)

    async def list_overdue_gates(
        self, organization_id: str, *, asked_until: datetime, asked_after: datetime, limit: int
    ) -> list[Gate]:
        found = await self._fetch(
            "list_overdue_gates",
            organization_id=organization_id,
            asked_until_us=to_microseconds(asked_until),
            asked_after_us=to_microseconds(asked_after),
            limit=limit,
        )
        return read_each(to_gate, found)

    async def decide_gate(self, gate: Gate, status: GateStatus, *, reason: str, now: datetime) -> Gate:
        return await self._write_steps(_decide(gate, status, reason=reason, now_us=to_microseconds(now)))


class _Asked(Struct, frozen=True):
    """That a deployment asks for a gate."""

    organization_id: str
    deployment_id: str
    credential_id: str
    subject: GateSubject


def change_gates(batch: SettlementBatch) -> Steps[None]:
    """What opens the gates that a settlement asks for, and closes those of deployments that ended in it."""
    asked = _list_asked(batch)
    ended = rows.to_json(
        (one.organization_id, one.deployment_id)
        for one in batch.changed
        if one.kind == Deployment.kind and (one.is_removed or is_final(one.state))
    )
    now_us = to_microseconds(batch.settled_at)

    def change() -> Steps[None]:
        for one in asked:
            yield from _open(one, now_us)
        if ended == "[]":
            return
        for row in (yield call("list_awaiting_gates", keys=ended)):
            yield from _decide(to_gate(row), GateStatus.CLOSED, reason="", now_us=now_us)

    return change()


def _list_asked(batch: SettlementBatch) -> list[_Asked]:
    """In the order of their keys: two nodes that open gates wait for each other rather than deadlock."""
    asked = {
        (entry.organization_id, entry.deployment_id): _Asked(
            organization_id=entry.organization_id,
            deployment_id=entry.deployment_id,
            credential_id=settled.receipt.credential_id,
            subject=subject_of(entry.submission),
        )
        for settled in batch.receipts
        for entry in settled.entries
        if isinstance(entry.submission, RecordDeployment)
        and entry.submission.asks_for_gate
        and not is_final(entry.submission.state.state)
    }
    return [asked[key] for key in sorted(asked)]


def _open(asked: _Asked, now_us: int) -> Steps[None]:
    owner = {"organization_id": asked.organization_id}
    if (yield call("find_gate", **owner, deployment_id=asked.deployment_id)) is not None:
        return
    if (yield call("find_gate_asker", **owner, credential_id=asked.credential_id)) is None:
        return  # its credential was deleted meanwhile, and all that it sent is going
    yield call("take_gate_number", **owner)
    number = yield call("find_last_gate_number", **owner)
    opened = Gate(
        organization_id=asked.organization_id,
        deployment_id=asked.deployment_id,
        number=number,
        credential_id=asked.credential_id,
        subject=asked.subject,
        status=GateStatus.AWAITING,
        asked_at=from_microseconds(now_us),
        changed_at=from_microseconds(now_us),
    )
    yield call(
        "open_gate",
        **owner,
        deployment_id=opened.deployment_id,
        number=number,
        credential_id=opened.credential_id,
        subject=rows.to_document(opened.subject),
        asked_us=now_us,
    )
    yield from tell_of_gate(opened)


def _decide(gate: Gate, status: GateStatus, *, reason: str, now_us: int) -> Steps[Gate]:
    decided = replace(gate, status=status, reason=rows.storable(reason), changed_at=from_microseconds(now_us))
    changed = yield call(
        "decide_gate",
        organization_id=gate.organization_id,
        deployment_id=gate.deployment_id,
        expected=gate.status.value,
        status=status.value,
        changed_us=now_us,
        reason=decided.reason,
    )
    if changed != 1:
        raise Conflict("gate_decided", f"{gate.key} was decided or closed in the meantime; check it again.")
    yield from tell_of_gate(decided)
    return decided


@reads("gate", "ttitttiit", 0, 1)
def to_gate(row: rows.Row) -> Gate:
    """A gate from its row."""
    organization_id, deployment_id, number, credential_id, subject, status, asked_us, changed_us, reason = row
    return Gate(
        organization_id=organization_id,
        deployment_id=deployment_id,
        number=number,
        credential_id=credential_id,
        subject=_decode_subject(subject),
        status=GateStatus(status),
        asked_at=from_microseconds(asked_us),
        changed_at=from_microseconds(changed_us),
        reason=reason,
    )
