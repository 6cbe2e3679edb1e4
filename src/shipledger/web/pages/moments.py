"""A moment in the address of a page, or in a form. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shipledger.clock import MICROSECOND

_DATE_CHARACTERS = 10


def read_moment(text: str, *, is_end: bool = False) -> datetime | None:
    """A moment, or the beginning or the end of a day, in UTC without an offset.

    None for what is neither, and for what lies outside the years 1 to 9999 in UTC.
    """
    try:
        moment = datetime.fromisoformat(text)
        at = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return at + timedelta(days=1) - MICROSECOND if is_end and len(text) <= _DATE_CHARACTERS else at
    except (ValueError, OverflowError):
        return None


def to_field(moment: datetime | None) -> str:
    """As a field for a moment takes it."""
    return "" if moment is None else moment.isoformat(timespec="minutes").removesuffix("+00:00")
