"""Gates, besides what the ledger does with every aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.found import Found
from shipledger.gating.gate import KIND, Gate, GateStatus, GateSubject
from shipledger.store import rows
from shipledger.store.records.verbs import SqlRecords
from shipledger.store.row_reading import read_each, reads

_NEVER = 2**31 - 1
_decode_subject = msgspec.json.Decoder(GateSubject).decode
_decode_gate = msgspec.json.Decoder(Gate).decode


class SqlGates(SqlRecords):
    """See GateStore."""

    async def find_gate(self, organization_id: str, deployment_id: str) -> Gate | None:
        key = rows.storable(deployment_id)
        row = await self._fetch("find_gate_of_deployment", organization_id=organization_id, deployment_id=key)
        return None if row is None else to_whole_gate(row)

    async def find_gate_by_number(self, organization_id: str, number: int) -> Gate | None:
        row = await self._fetch("find_gate_by_number", organization_id=organization_id, number=number)
        return None if row is None else to_whole_gate(row)

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
        return read_each(to_whole_gate, found)

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
        return read_each(to_whole_gate, found)

    async def find_last_gate_numbers(self, organization_ids: Sequence[str]) -> dict[str, int]:
        numbers = await self.find_last_numbers(KIND, organization_ids)
        for organization_id in organization_ids:
            counted = await self._fetch("find_gate_count", organization_id=organization_id) or 0
            numbers[organization_id] = max(numbers.get(organization_id, 0), counted)
        return numbers


@reads("gate", "ttitttiit", 0, 1)
def to_gate(row: rows.Row) -> Gate:
    """A gate from its row, without its history."""
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


@reads("gate", "ttitttiittt", 0, 1)
def to_whole_gate(row: rows.Row) -> Gate:
    """A gate from its row. What a node of the version before changed has no entry yet, and so no history."""
    *columns, entered_status, document = row
    gate = to_gate(columns)
    return _decode_gate(document) if entered_status == gate.status else gate
