"""Dates and times on the wire. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_COMMON_LENGTH = len("2020-03-26T14:05:07.594Z")
_LEAP_SECOND = 60
_LAST_HOUR = 24
_MINUTES_PER_HOUR = 60
_FORM = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})|(?P<basic_month>[0-9]{2})(?P<basic_day>[0-9]{2}))[Tt ]"
    r"(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
    r"(?: ?(?:[Zz]|UTC|GMT|(?P<sign>[+\u2212-])(?P<offset_hour>[0-9]{2})"
    r"(?::?(?P<offset_minute>[0-9]{2})(?::?(?P<offset_second>[0-9]{2}))?)?)"
    r"(?:\[[!-Z^-~]{1,100}\]){0,10})?"
)
"""Extended and basic form, at least to the hour. Brackets name the zone whose offset stands before them (RFC 9557)."""


def parse_time(text: str) -> datetime:
    """The aware UTC time of an ISO 8601 date and time, to the microsecond; UTC without an offset. Raises ValueError.

    Surrounding spaces are ignored. The second 60 is read as 59, and 24:00 as the start of the next day.
    """
    moment = _parse_common(text) if len(text) == _COMMON_LENGTH and text[-1] == "Z" else None
    return moment or _parse_any(text.strip())


def format_time(moment: datetime) -> str:
    """``2020-03-26T14:05:07.594Z``: UTC, always three fraction digits, the rest dropped."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def format_known_time(moment: datetime | None) -> str | None:
    """The same; None for a time that is not known."""
    return None if moment is None else format_time(moment)


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
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    days = timedelta(0)
    if hour == _LAST_HOUR and not minute and not second and not microsecond:
        hour, days = 0, timedelta(days=1)
    moment = datetime(
        int(match["year"]),
        int(match["month"] or match["basic_month"]),
        int(match["day"] or match["basic_day"]),
        hour,
        minute,
        59 if second == _LEAP_SECOND else second,
        microsecond,
        tzinfo=_read_offset(match),
    )
    try:
        return (moment + days).astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def _read_offset(match: re.Match[str]) -> timezone:
    if match["sign"] is None:
        return UTC
    minutes, seconds = int(match["offset_minute"] or 0), int(match["offset_second"] or 0)
    if max(minutes, seconds) >= _MINUTES_PER_HOUR:
        raise ValueError("not an offset")
    offset = timedelta(hours=int(match["offset_hour"]), minutes=minutes, seconds=seconds)
    return timezone(offset if match["sign"] == "+" else -offset)
