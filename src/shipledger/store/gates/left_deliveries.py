"""What nodes of the version before noted for apps becomes messages. They may run beside this one, so their table is there."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from msgspec.structs import replace

from shipledger.clock import from_microseconds
from shipledger.errors import DamagedRecord
from shipledger.forwarding.message import Attempt, MessageState, Result, make_message_id
from shipledger.gating.gate import GateStatus
from shipledger.store import rows
from shipledger.store.gates.verbs import to_gate
from shipledger.store.outbox.gate_messages import occasion_of
from shipledger.store.outbox.rows import from_attempt
from shipledger.store.outbox.writing import AppTarget, append_message, ensure_app_target
from shipledger.store.session import Session, Steps, call

_AT_ONCE = 200
_GATE_COLUMNS = 9
_STATES = {"pending": MessageState.PENDING, "delivered": MessageState.DELIVERED, "failed": MessageState.GIVEN_UP}
_RESULTS = {
    MessageState.PENDING: Result.FAILED,
    MessageState.DELIVERED: Result.DELIVERED,
    MessageState.GIVEN_UP: Result.REFUSED,
}


class SqlLeftDeliveries(Session):
    """See SendingStore."""

    async def take_over_deliveries(self, organization_id: str) -> int:
        def take_over() -> Steps[int]:
            found = yield call("list_left_deliveries", organization_id=organization_id, limit=_AT_ONCE)
            count = 0
            for row in found:
                with contextlib.suppress(DamagedRecord):  # it stays, and `shipledger doctor` names it
                    yield from _take_over(row)
                    count += 1
            return count

        if not await self._fetch("list_left_deliveries", organization_id=organization_id, limit=1):
            return 0
        return await self._write_steps(take_over())


def _take_over(row: rows.Row) -> Steps[None]:
    kind, name, change, status, changed_us, was, attempts, due_us, answered_us, answer = row[_GATE_COLUMNS:]
    gate = to_gate(row[:_GATE_COLUMNS])
    occasion = replace(
        occasion_of(replace(gate, status=GateStatus(status), changed_at=from_microseconds(changed_us))), place=change
    )
    state = _STATES[was]
    owner = {"organization_id": gate.organization_id}
    yield ensure_app_target(occasion, AppTarget(gate.credential_id, kind, name))
    yield append_message(occasion, gate.credential_id)
    message_id = make_message_id(occasion, gate.credential_id)
    ended_us = None if state is MessageState.PENDING else (answered_us or changed_us)
    kept = yield call(
        "settle_left_message",
        **owner,
        message_id=message_id,
        state=state.value,
        attempts=attempts,
        due_us=due_us,
        ended_us=ended_us,
        reason=answer if state is MessageState.GIVEN_UP else "",
    )
    if kept and attempts:
        attempt = Attempt(
            number=attempts,
            at=from_microseconds(answered_us or changed_us),
            took=timedelta(),
            result=_RESULTS[state],
            status=int(answer) if answer.isascii() and answer.isdigit() else None,
            answer=answer,
        )
        yield call("append_attempt", **from_attempt(owner["organization_id"], message_id, attempt))
    yield call("forget_left_delivery", **owner, deployment_id=gate.deployment_id, change=change)
