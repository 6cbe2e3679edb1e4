"""A message to another system, and the attempts to deliver it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class MessageState(StrEnum):
    """What became of a message. ``given_up``: the target refused it, or did not take it for too long."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Result(StrEnum):
    """What became of an attempt. ``failed`` is repeated, ``refused`` is not."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"


class Occasion(Struct, frozen=True):
    """Something that others want to hear of.

    ``subject_id``: the record that it is about. ``place`` counts what happened to that record: a target hears of one record
    in this order, and of each place once. ``body`` is JSON, in our words.
    """

    organization_id: str
    topic: str
    subject_id: str
    place: int
    body: str
    at: datetime


class Message(Struct, frozen=True):
    """What one target is to be told.

    ``tries`` counts attempts since ``since_at``, when it was written or sent again by command; ``attempts`` counts all.
    ``reason`` says why it was given up.
    """

    organization_id: str
    message_id: str
    target_id: str
    topic: str
    subject_id: str
    place: int
    body: str
    state: MessageState
    tries: int
    attempts: int
    written_at: datetime
    since_at: datetime
    due_at: datetime
    ended_at: datetime | None = None
    reason: str = ""


class Attempt(Struct, frozen=True):
    """One call to a target. ``status`` is None when there was no answer; ``answer`` is its beginning, or why there was none."""

    number: int
    at: datetime
    took: timedelta
    result: Result
    status: int | None = None
    answer: str = ""


class LoggedMessage(Struct, frozen=True):
    """A message with the name of its target and its attempts, oldest first."""

    message: Message
    target_name: str
    attempts: tuple[Attempt, ...]


class MessageFilter(Struct, frozen=True):
    """Which messages to list, newest first. ``before_id``: continue after the message with this id. "" and None: any."""

    target_id: str = ""
    state: MessageState | None = None
    before_id: str = ""
    limit: int = 50


class OutboxBacklog(Struct, frozen=True):
    """What waits, over all organizations. ``open_targets``: how many have an open circuit breaker."""

    pending: int
    oldest_at: datetime | None
    given_up: int
    open_targets: int


def make_message_id(occasion: Occasion, target_id: str) -> str:
    """The id of the message to a target, always the same: receivers recognize a repeat by it."""
    cause = "\n".join((occasion.organization_id, target_id, occasion.subject_id, str(occasion.place)))
    return f"msg_{hashlib.blake2b(cause.encode(), digest_size=16).hexdigest()}"
