"""The few kinds of error that cross package borders.

Each protocol maps these kinds to its own envelope and status once, in its ``faults.py``; the command line maps them to
exit codes. ``code`` is stable and for programs; ``message`` is one sentence for people and says what to do.
"""

from __future__ import annotations


class ShipledgerError(Exception):
    """An error that can be reported to the caller."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Invalid(ShipledgerError):
    """The input is invalid; ``fields`` maps each invalid field to a text."""

    def __init__(self, code: str, message: str, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.fields = fields or {}


class Unstorable(Invalid):
    """The database can never store a value."""


class BodyNotRead(Invalid):
    """A body's content encoding or media type is not supported."""

    def __init__(self, code: str, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(code, message)
        self.headers = headers or {}


class BodyNotUnpacked(Invalid):
    """A body does not match its content encoding, or decompresses to too much."""


class NotFound(ShipledgerError):
    """Not found in this organization."""


class Conflict(ShipledgerError):
    """The target is not in the state that the change expects."""


class Denied(ShipledgerError):
    """The credential is valid but lacks the right."""


class Unavailable(ShipledgerError):
    """Nothing was recorded; the same call may succeed after ``retry_after_seconds``."""

    def __init__(self, code: str, message: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(code, message)
        self.retry_after_seconds = retry_after_seconds


class DamagedStore(Unavailable):
    """The database itself is damaged. The damaged part is unreadable until a backup is restored."""


class DamagedRecord(ShipledgerError):
    """A stored row, ``table`` and ``key``, is unreadable; others are not affected."""

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
    """It is unknown whether it was recorded: the database went away during the commit."""
