"""Dates and times as they are on the wire. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_COMMON_LENGTH = len("2020-03-26T14:05:07.594Z")
_LEAP_SECOND = 60
_MINUTES_PER_HOUR = 60
_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)


def parse_time(text: str) -> datetime:
    """The aware UTC time of an ISO 8601 date and time, to the microsecond; UTC without an offset. Raises ValueError."""
    moment = _parse_common(text) if len(text) == _COMMON_LENGTH and text[-1] == "Z" else None
    return moment or _parse_any(text)


def format_time(moment: datetime) -> str:
    """``2020-03-26T14:05:07.594Z``: UTC, always three fraction digits, the rest dropped."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _parse_common(text: str) -> datetime | None:
    has_marks = text[4] == text[7] == "-" and text[10] == "T" and text[13] == text[16] == ":" and text[19] == "."
    if not has_marks or not text.isascii():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_any(text: str) -> datetime:
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("not a date and time")
    year, month, day, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    whole_second = int(second or 0)
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour),
        int(minute),
        59 if whole_second == _LEAP_SECOND else whole_second,
        int((fraction or "").ljust(6, "0")[:6]),
        tzinfo=_read_offset(sign, offset_hours, offset_minutes) if sign else UTC,
    )
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _read_offset(sign: str, hours: str, minutes: str) -> timezone:
    if int(minutes) >= _MINUTES_PER_HOUR:
        raise ValueError("not an offset")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)
