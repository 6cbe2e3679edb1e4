"""Dates and times as this API reads and writes them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

ZERO_TIME = datetime(1, 1, 1, tzinfo=UTC)
"""What the Go client sends for a time that was not set."""

_COMMON_LENGTH = len("2020-03-26T14:05:07.594Z")
_OFFSET_AT = len("2020-03-26T")
_LEAP_SECOND = 60
_MINUTES_PER_HOUR = 60
_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})"
    r"(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)


def parse_time(text: str) -> datetime | None:
    """The aware UTC time, to the microsecond; None for the zero time, which means absent. Raises ValueError."""
    moment = _parse_common(text) if len(text) == _COMMON_LENGTH and text[-1] == "Z" else None
    moment = moment or _parse_any(text)
    return None if moment == ZERO_TIME else moment


def parse_query_time(text: str) -> datetime | None:
    """As ``parse_time``, for a query parameter: a blank before the offset is a ``+`` that was not percent-encoded."""
    return parse_time(text[:_OFFSET_AT] + text[_OFFSET_AT:].replace(" ", "+", 1))


def format_time(moment: datetime) -> str:
    """``2020-03-26T14:05:07.594Z``: UTC, always three fraction digits, the rest dropped."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def _parse_common(text: str) -> datetime | None:
    has_marks = text[4] == text[7] == "-" and text[10] == "T" and text[13] == text[16] == ":" and text[19] == "."
    if not has_marks:
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
