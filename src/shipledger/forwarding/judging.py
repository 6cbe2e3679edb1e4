"""What the answer of a target means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from shipledger.forwarding.message import Result
from shipledger.texts import STEERING

EXCERPT_CHARACTERS = 300
EXCERPT_BYTES = 2_000
HIDDEN = "***"

RETRIED = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Statuses that may pass. All others but 2xx refuse the message: redirects are not followed, and a wrong request stays wrong."""

_DELIVERED = range(200, 300)
_MOST_DIGITS = 9


def judge(status: int) -> Result:
    """What a status means for the message."""
    if status in _DELIVERED:
        return Result.DELIVERED
    return Result.FAILED if status in RETRIED else Result.REFUSED


def read_retry_after(header: str, now: datetime) -> timedelta | None:
    """How long a target asks to wait, in seconds or until a date (RFC 9110, 10.2.3); None for none and for nonsense."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:_MOST_DIGITS]))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())


def excerpt(body: bytes, *, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer on one line, without what steers a terminal. ``secrets``: what it must not repeat."""
    text = body[:EXCERPT_BYTES].decode(errors="replace")
    for secret in filter(None, secrets):
        text = text.replace(secret, HIDDEN)
    plain = re.sub(r"\s+", " ", STEERING.sub(" ", text)).strip()
    return plain if len(plain) <= EXCERPT_CHARACTERS else f"{plain[: EXCERPT_CHARACTERS - 1]}…"
