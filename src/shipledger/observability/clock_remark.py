"""What operators are told of the clock."""

from __future__ import annotations

from datetime import timedelta

from shipledger.clock import JUMP, Clock, steady_ns

TOLD_FOR = timedelta(days=1)
_NANOSECONDS = 1_000_000_000


def describe_clock(clock: Clock) -> str | None:
    """A sentence about a jump of the last day, or None."""
    jump = clock.jump
    if jump is None:
        return None
    ago = timedelta(seconds=(steady_ns() - jump.at_ns) / _NANOSECONDS)
    if ago > TOLD_FOR:
        return None
    way = "ahead" if jump.by > timedelta() else "back"
    return (
        f"The clock jumped {describe_duration(abs(jump.by))} {way}, {describe_duration(ago)} ago. If it is wrong now, set it: "
        "expiry depends on it. Old receipts are kept until the clock has run steadily for 3 days."
    )


def describe_order(ahead: timedelta) -> str | None:
    """A sentence about an order of acceptance that is so far ahead of the clock, or None where it is not."""
    if ahead <= JUMP:
        return None
    return (
        f"Receipt ids are {describe_duration(ahead)} ahead of the clock: it is behind now, or was ahead when one was "
        "accepted. Displayed times and expiry follow the clock."
    )


def describe_duration(duration: timedelta) -> str:
    """A duration in its largest whole unit."""
    for seconds, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if duration.total_seconds() >= seconds:
            count = round(duration.total_seconds() / seconds)
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{round(duration.total_seconds())} seconds"
