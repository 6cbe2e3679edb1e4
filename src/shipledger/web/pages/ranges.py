"""A time that a list is narrowed to, as its address says it: the last hours or days, or from one moment to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from shipledger.clock import MICROSECOND
from shipledger.ledger.ahead import FAR_AHEAD

RANGES = {"1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days"}
_SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
PARAMETERS = ("range", "from", "to")
_DATE_CHARACTERS = 10


class TimeRange(Struct, frozen=True):
    """Both moments are inclusive; None does not restrict. ``began`` and ``ended`` are what the fields of a form hold.

    ``ignored``: a sentence for each parameter that cannot be used.
    """

    since: datetime | None = None
    until: datetime | None = None
    name: str = ""
    began: str = ""
    ended: str = ""
    ignored: tuple[str, ...] = ()


def read_range(parameters: Mapping[str, str], now: datetime) -> TimeRange:
    """The time of ``parameters``. A moment or a day of one's own counts before a range; both are in UTC without an offset."""
    name = parameters.get("range", "")
    said = {one: parameters.get(one, "").strip() for one in ("from", "to")}
    found = {one: _read_moment(text, is_end=one == "to") for one, text in said.items()}
    ignored = [f"{text!r} is not a time; the filter is ignored." for one, text in said.items() if text and found[one] is None]
    since, until = found["from"], found["to"]
    if since is not None and until is not None and since > until:
        ignored.append("The time begins after its end, so no deployment fits.")
    if name and name not in _SPANS:
        ignored.append(f"There is no range {name!r}; the filter is ignored.")
        name = ""
    if since is None and until is None and name:
        return TimeRange(since=now - _SPANS[name], until=now + FAR_AHEAD, name=name, ignored=tuple(ignored))
    return TimeRange(since, until, "", _to_field(since), _to_field(until), tuple(ignored))


def _read_moment(text: str, *, is_end: bool) -> datetime | None:
    """A moment, or the beginning or the end of a day; None for what is neither."""
    try:
        moment = datetime.fromisoformat(text)
        at = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return at + timedelta(days=1) - MICROSECOND if is_end and len(text) <= _DATE_CHARACTERS else at
    except (ValueError, OverflowError):
        return None


def _to_field(moment: datetime | None) -> str:
    """As a field for a moment takes it."""
    return "" if moment is None else moment.isoformat(timespec="minutes").removesuffix("+00:00")
