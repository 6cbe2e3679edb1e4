"""Times on the command line: how long ago, or when."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeAlias

import typer
from msgspec import Struct

from shipledger.errors import Invalid
from shipledger.protocols.times import parse_time

_SECONDS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_LONGEST_SECONDS = 10**10
_AGO = re.compile(r"(?:[0-9]{1,9}(?:sec|min|[smhdw]))+", re.IGNORECASE)
_PART = re.compile(r"([0-9]+)([a-z]+)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_OF_A_DAY = timedelta(days=1, microseconds=-1)
_HOW = "write an age such as 90m, 2h, 3d or 1w, or a time such as 2026-03-04 or 2026-03-04T10:02:00Z."


class Moment(Struct, frozen=True):
    """A given time: ``ago`` before now, or from ``first`` to ``last``, which differ for a whole day."""

    ago: timedelta | None = None
    first: datetime | None = None
    last: datetime | None = None


class Period(Struct, frozen=True):
    """From when until when, both inclusive; None does not restrict."""

    since: datetime | None
    until: datetime | None


def read_moment(text: str) -> Moment:
    """Parse a time. Without an offset it is UTC. Raises BadParameter."""
    plain = text.strip()
    if _AGO.fullmatch(plain):
        seconds = sum(int(count) * _SECONDS[unit.lower()] for count, unit in _PART.findall(plain))
        return Moment(ago=timedelta(seconds=min(seconds, _LONGEST_SECONDS)))
    try:
        if _DATE.fullmatch(plain):
            day = datetime.fromisoformat(plain).replace(tzinfo=UTC)
            return Moment(first=day, last=day + _LAST_OF_A_DAY)
        moment = parse_time(plain)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is not a time; {_HOW}") from None
    return Moment(first=moment, last=moment)


def to_period(since: Moment | None, until: Moment | None, *, now: datetime) -> Period:
    """The period between two times. Raises Invalid if it is empty."""
    period = Period(
        since=_resolve(since, now, since.first if since else None), until=_resolve(until, now, until.last if until else None)
    )
    if period.since is not None and period.until is not None and period.since > period.until:
        raise Invalid("until", "--since is later than --until.")
    return period


def _resolve(moment: Moment | None, now: datetime, said: datetime | None) -> datetime | None:
    if moment is None or moment.ago is None:
        return said
    return max(_EARLIEST, now - min(moment.ago, now - _EARLIEST))


SinceOption: TypeAlias = Annotated[
    Moment | None,
    typer.Option(
        "--since",
        parser=read_moment,
        metavar="WHEN",
        help="Start of the period: an age such as 90m, 2h, 3d or 1w, or a time such as 2026-03-04 or 2026-03-04T10:02Z, in UTC.",
    ),
]
UntilOption: TypeAlias = Annotated[
    Moment | None,
    typer.Option(
        "--until", parser=read_moment, metavar="WHEN", help="End of the period, in the same forms; a date includes the whole day."
    ),
]
