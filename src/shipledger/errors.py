"""The few kinds of error that cross package borders.

Each protocol maps these kinds to its own envelope and status once, in its ``faults.py``; the command line maps them to
exit codes. ``code`` is stable and meant for programs, ``message`` is one sentence for a person and says what to do.
"""

from __future__ import annotations


class ShipledgerError(Exception):
    """Something went wrong that a caller can be told about."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Invalid(ShipledgerError):
    """What was sent cannot be used; ``fields`` maps each wrong place to one text."""

    def __init__(self, code: str, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.fields = fields or {}


class Unstorable(Invalid):
    """A value does not fit the database, and never will."""


class BodyNotRead(Invalid):
    """A body comes in a form that is not read: its content coding, or its media type."""

    def __init__(self, code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.headers = headers or {}


class BodyNotUnpacked(Invalid):
    """A body is not in the content coding that it is said to be in, or there is too much in it."""


class NotFound(ShipledgerError):
    """There is no such thing in this organization."""


class Conflict(ShipledgerError):
    """The thing is no longer, or not yet, in the state that the change expects."""


class Denied(ShipledgerError):
    """The credential is good but lacks the right."""


class Unavailable(ShipledgerError):
    """Nothing was recorded; the same call may succeed after ``retry_after_seconds``."""

    def __init__(self, code: str, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(code, message)
        self.retry_after_seconds = retry_after_seconds


class DamagedStore(Unavailable):
    """The database itself is damaged. What lies in the damaged place cannot be read until a backup is restored."""


class DamagedRecord(ShipledgerError):
    """One row that is stored cannot be read; all others can. ``table`` and ``key`` name it."""

    def __init__(self, *, organization_id: str, table: str, key: str, reason: str) -> None:
        super().__init__(
            "damaged_record",
            f"The stored {table} {key} is damaged and cannot be read: {reason}. Run `shipledger verify`.",
        )
        self.organization_id = organization_id
        self.table = table
        self.key = key
        self.reason = reason


class InDoubt(Unavailable):
    """Nobody knows yet whether it was recorded: the database went away while it was being committed."""
