"""Rows of the outbox, to Structs and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shipledger.clock import from_microseconds, to_microseconds
from shipledger.forwarding.breaker import Breaker
from shipledger.forwarding.message import Attempt, Message, MessageState, Result
from shipledger.forwarding.target import Target
from shipledger.store import rows
from shipledger.store.row_reading import reads

_MICROSECOND = timedelta(microseconds=1)


@reads("outbox_message", "tttttittiiiiiIt", 0, 1)
def to_message(row: rows.Row) -> Message:
    """A message from its row."""
    organization_id, message_id, target_id, topic, subject_id, place, body, state, tries, attempts, *times, reason = row
    written_us, since_us, due_us, ended_us = times
    return Message(
        organization_id=organization_id,
        message_id=message_id,
        target_id=target_id,
        topic=topic,
        subject_id=subject_id,
        place=place,
        body=body,
        state=MessageState(state),
        tries=tries,
        attempts=attempts,
        written_at=from_microseconds(written_us),
        since_at=from_microseconds(since_us),
        due_at=from_microseconds(due_us),
        ended_at=rows.optional_time(ended_us),
        reason=reason,
    )


@reads("outbox_attempt", "ttiiitIt", 0, 1, 2)
def to_attempt(row: rows.Row) -> Attempt:
    """An attempt from its row."""
    _, _, number, at_us, took_us, result, status, answer = row
    return Attempt(
        number=number,
        at=from_microseconds(at_us),
        took=took_us * _MICROSECOND,
        result=Result(result),
        status=status,
        answer=answer,
    )


def from_attempt(organization_id: str, message_id: str, attempt: Attempt) -> dict[str, Any]:
    """The row of an attempt."""
    return {
        "organization_id": organization_id,
        "message_id": message_id,
        "number": attempt.number,
        "at_us": to_microseconds(attempt.at),
        "took_us": attempt.took // _MICROSECOND,
        "result": attempt.result.value,
        "status": attempt.status,
        "answer": rows.storable(attempt.answer),
    }


@reads("outbox_target", "ttttiTtt??IiII", 0, 1)
def to_target(row: rows.Row) -> Target:
    """A target from its row, which may have more columns."""
    organization_id, target_id, kind, name, created_us, credential_id, address, topics, *secrets = row[:11]
    sealed_secret, previous_sealed_secret, previous_until_us = secrets
    return Target(
        organization_id=organization_id,
        target_id=target_id,
        kind=kind,
        name=name,
        created_at=from_microseconds(created_us),
        credential_id=credential_id or "",
        address=address,
        topics=tuple(rows.decode_strings(topics)),
        sealed_secret=sealed_secret,
        previous_sealed_secret=previous_sealed_secret,
        previous_until=rows.optional_time(previous_until_us),
        breaker=to_breaker(row[11:14]),
    )


def to_breaker(row: rows.Row) -> Breaker:
    """A breaker from its columns."""
    failures, opened_us, held_until_us = row
    return Breaker(failures, rows.optional_time(opened_us), rows.optional_time(held_until_us))


def from_breaker(breaker: Breaker) -> dict[str, Any]:
    """The columns of a breaker."""
    return {
        "failures": breaker.failures,
        "opened_us": rows.optional_us(breaker.opened_at),
        "held_until_us": rows.optional_us(breaker.held_until),
    }


def key_of(message: Message) -> dict[str, Any]:
    """Where a message is found."""
    return {"organization_id": message.organization_id, "message_id": message.message_id}
