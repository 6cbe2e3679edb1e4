"""A time that a list is narrowed to, as its address says it: the last hours or days, or from one moment to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from shipledger.ledger.ahead import FAR_AHEAD
from shipledger.web.pages.moments import read_moment, to_field

RANGES = {"1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days"}
_SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
PARAMETERS = ("range", "from", "to")


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
    found = {one: read_moment(text, is_end=one == "to") for one, text in said.items()}
    ignored = [f"{text!r} is not a time; the filter is ignored." for one, text in said.items() if text and found[one] is None]
    since, until = found["from"], found["to"]
    if since is not None and until is not None and since > until:
        ignored.append("The time begins after its end, so no deployment fits.")
    if name and name not in _SPANS:
        ignored.append(f"There is no range {name!r}; the filter is ignored.")
        name = ""
    if since is None and until is None and name:
        return TimeRange(since=now - _SPANS[name], until=now + FAR_AHEAD, name=name, ignored=tuple(ignored))
    return TimeRange(since, until, "", to_field(since), to_field(until), tuple(ignored))
