"""Dates and times as this API reads and writes them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from shipledger.protocols import times

ZERO_TIME = datetime(1, 1, 1, tzinfo=UTC)
"""What the Go client sends for a time that was not set."""

_BARE_OFFSET = re.compile(r"(?<=[0-9]) (?=[0-9]{2}(?::?[0-9]{2}){0,2}$)")
"""An offset whose ``+`` became a blank."""

_TIME_FROM = len("2020-03-26T")


def parse_time(text: str) -> datetime | None:
    """The aware UTC time, to the microsecond; None for the zero time, which means absent. Raises ValueError."""
    moment = times.parse_time(text)
    return None if moment == ZERO_TIME else moment


def parse_query_time(text: str) -> datetime | None:
    """As ``parse_time``, for a query parameter: a blank before the offset is a ``+`` that was not percent-encoded."""
    text = text.strip()
    return parse_time(text[:_TIME_FROM] + _BARE_OFFSET.sub("+", text[_TIME_FROM:], count=1))
