"""What an attempt makes of a message and of its target."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from shipledger.forwarding.breaker import Breaker
from shipledger.forwarding.message import Attempt, Message, MessageState, Result
from shipledger.forwarding.pauses import is_over, pause_after

TOO_LONG = "It was not delivered in time."


class Tried(Struct, frozen=True):
    """An attempt that is over at ``at``.

    ``asked``: how long the target asks to wait. ``chance``: see ``pause_after``. ``has_even_time``: whether the clock tells how
    old a message is.
    """

    attempt: Attempt
    at: datetime
    chance: float
    has_even_time: bool
    asked: timedelta | None = None


def settle_message(message: Message, tried: Tried) -> Message:
    """The message after an attempt."""
    attempt = tried.attempt
    after = replace(message, tries=message.tries + 1, attempts=attempt.number)
    if attempt.result is Result.DELIVERED:
        return replace(after, state=MessageState.DELIVERED, ended_at=tried.at)
    if attempt.result is Result.REFUSED:
        return replace(after, state=MessageState.GIVEN_UP, ended_at=tried.at, reason="The target refused it.")
    age = tried.at - message.since_at if tried.has_even_time else None
    if is_over(after.tries, age=age):
        return replace(after, state=MessageState.GIVEN_UP, ended_at=tried.at, reason=TOO_LONG)
    return replace(after, due_at=tried.at + pause_after(after.tries, chance=tried.chance, asked=tried.asked))


def settle_breaker(breaker: Breaker, tried: Tried) -> Breaker:
    """The breaker of its target after an attempt."""
    if tried.attempt.result is Result.FAILED:
        return breaker.after_failure(tried.at, chance=tried.chance, asked=tried.asked)
    return breaker.after_answer()
