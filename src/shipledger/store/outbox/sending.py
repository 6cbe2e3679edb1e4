"""The outbox, as it is sent. Whoever sends to a target holds its row, so its breaker and its order hold for all nodes."""

from __future__ import annotations

from datetime import datetime, timedelta

from shipledger.clock import JUMP, to_microseconds
from shipledger.forwarding.breaker import LONGEST_HOLD, OPENS_AFTER, BreakerState
from shipledger.forwarding.message import Message
from shipledger.forwarding.pauses import LONGEST_PAUSE
from shipledger.forwarding.target import Target
from shipledger.forwarding.trying import Tried, settle_breaker, settle_message
from shipledger.store import rows
from shipledger.store.fencing import SqlFencing
from shipledger.store.outbox.rows import from_attempt, from_breaker, key_of, to_breaker, to_message, to_target
from shipledger.store.row_reading import read_each
from shipledger.store.session import Steps, call

LONGEST_CLAIM = timedelta(minutes=1)


class SqlOutboxSending(SqlFencing):
    """See SendingStore."""

    async def list_ready_targets(self, organization_id: str, *, now: datetime) -> list[Target]:
        found = await self._fetch(
            "list_ready_targets",
            organization_id=organization_id,
            now_us=to_microseconds(now),
            latest_due_us=to_microseconds(now + LONGEST_PAUSE + JUMP),
            latest_hold_us=to_microseconds(now + LONGEST_HOLD + JUMP),
            latest_claim_us=latest_claim_us(now),
        )
        return read_each(to_target, found)

    async def claim_messages(
        self, target: Target, *, node_id: str, now: datetime, until: datetime, most: int, limit: int
    ) -> list[Message]:
        owner = {"organization_id": target.organization_id, "target_id": target.target_id}
        bounds = {"now_us": to_microseconds(now), "latest_claim_us": latest_claim_us(now)}

        def claim() -> Steps[list[Message]]:
            yield from self._hold_node(node_id)
            row = yield call("hold_target", **owner)
            breaker = None if row is None else to_breaker(row)
            if breaker is None or breaker.is_held(now):
                return []
            allowed = 1 if breaker.state_at(now) is BreakerState.HALF_OPEN else most
            free = min(limit, allowed - (yield call("count_claimed_messages", **owner, **bounds)))
            if free <= 0:
                return []
            latest_due_us = to_microseconds(now + LONGEST_PAUSE + JUMP)
            due = yield call("list_due_messages", **owner, **bounds, latest_due_us=latest_due_us, limit=free)
            messages = []
            for message in read_each(to_message, due):
                if (yield call("claim_message", **key_of(message), node_id=node_id, until_us=to_microseconds(until))):
                    messages.append(message)  # noqa: PERF401  a comprehension cannot yield
            return messages

        return await self._write_steps(claim())

    async def record_attempt(self, message: Message, tried: Tried, *, node_id: str) -> bool:
        owner = {"organization_id": message.organization_id, "target_id": message.target_id}
        after = settle_message(message, tried)

        def record() -> Steps[bool]:
            yield from self._hold_node(node_id)
            row = yield call("hold_target", **owner)
            if row is None:
                return False
            changed = yield call(
                "settle_message",
                **key_of(message),
                node_id=node_id,
                expected=message.attempts,
                state=after.state.value,
                tries=after.tries,
                attempts=after.attempts,
                due_us=to_microseconds(after.due_at),
                ended_us=rows.optional_us(after.ended_at),
                reason=after.reason,
            )
            if not changed:
                return False
            yield call("append_attempt", **from_attempt(message.organization_id, message.message_id, tried.attempt))
            before = to_breaker(row)
            breaker = settle_breaker(before, tried)
            yield call("save_breaker", **owner, **from_breaker(breaker))
            if before.failures >= OPENS_AFTER > breaker.failures:
                yield call("hasten_messages", **owner, now_us=to_microseconds(tried.at))
            return True

        return await self._write_steps(record())


def latest_claim_us(now: datetime) -> int:
    """A claim that lasts longer was made while the clock was ahead."""
    return to_microseconds(now + LONGEST_CLAIM + JUMP)
