"""Times as this API reads and writes them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum

from shipledger.clock import from_microseconds, to_microseconds

MILLISECONDS_FROM = 10**11
MICROSECONDS_FROM = 10**14
NANOSECONDS_FROM = 10**17
LARGEST = 2**63 - 1

LOOKS_LIKE_MICROSECONDS = "must be a Unix time in nanoseconds, milliseconds, or seconds; {value} looks like microseconds"
SHOULD_BE_A_TIME = "must be an integer, a Unix time in nanoseconds, milliseconds, or seconds"


class TimeForm(StrEnum):
    """How answers write times."""

    RFC3339 = "rfc3339"
    INT64 = "int64"


FIRST_WITH_RFC3339: dict[str, tuple[int, int]] = {
    "python": (2, 58),
    "typescript": (1, 61),
    "ruby": (2, 57),
    "go": (2, 63),
    "java": (2, 58),
    "rust": (0, 34),
}
"""The vendor's clients by language, and their first version that reads times as RFC 3339. Earlier ones need integers."""

_CLIENT = re.compile(r"datadog-api-client-([a-z]+)/v?([0-9]{1,6})\.([0-9]{1,6})", re.IGNORECASE)


def read_unix_time(value: object) -> datetime:
    """The time of an integer, its unit told by its magnitude, rounded to microseconds. Raises ValueError with a text.

    JavaScript clients keep a nanosecond value in a double, so what is beyond microseconds is noise.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST:
        raise ValueError(SHOULD_BE_A_TIME)
    if value < MILLISECONDS_FROM:
        return from_microseconds(value * 1_000_000)
    if value < MICROSECONDS_FROM:
        return from_microseconds(value * 1_000)
    if value < NANOSECONDS_FROM:
        raise ValueError(LOOKS_LIKE_MICROSECONDS.format(value=value))
    return from_microseconds((value + 500) // 1_000)


def write_time(moment: datetime, form: TimeForm) -> str | int:
    """Nanoseconds, or RFC 3339 in UTC with a fraction only where there is one."""
    if form is TimeForm.INT64:
        return to_microseconds(moment) * 1_000
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def choose_form(key_form: str, user_agent: str, default: TimeForm) -> TimeForm:
    """The form that the client reads: what is set for its key, else what is known of the client, else the default."""
    if key_form:
        return TimeForm(key_form)
    client = _CLIENT.match(user_agent.strip())
    first = FIRST_WITH_RFC3339.get(client[1].lower()) if client else None
    if client is None or first is None:
        return default
    return TimeForm.INT64 if (int(client[2]), int(client[3])) < first else TimeForm.RFC3339
