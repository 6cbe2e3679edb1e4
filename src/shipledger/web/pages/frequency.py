"""How often a project is deployed to production, week by week. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

FIRST_MONDAY = datetime(1969, 12, 29, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WEEKS_AVERAGED = 12
WEEKS_NEEDED = 4
CHART_HEIGHT = 60
BAR_WIDTH = 16


class Bar(Struct, frozen=True):
    """One week of the chart, which begins on the Monday ``begins_at``; the rest is where it is drawn."""

    begins_at: datetime
    count: int
    is_current: bool
    x: int
    y: int
    height: int

    @property
    def name(self) -> str:
        """The week as ISO 8601 writes it."""
        year, week, _ = self.begins_at.isocalendar()
        return f"{year}-W{week:02}"


class Frequency(Struct, frozen=True):
    """The current week and those before it, oldest first. ``average`` is None when too few weeks have data."""

    bars: tuple[Bar, ...]
    average: float | None
    weeks_with_data: int

    @property
    def current(self) -> int:
        """How many this week."""
        return self.bars[-1].count


def first_week_begins_at(now: datetime) -> datetime:
    """When the oldest week of the chart begins."""
    return FIRST_MONDAY + (_week_of(now) - WEEKS_AVERAGED) * WEEK


def to_frequency(counts: Mapping[int, int], now: datetime) -> Frequency:
    """The chart of ``counts``, which are by weeks since ``FIRST_MONDAY``. The current week is not part of the average."""
    current = _week_of(now)
    weeks = range(current - WEEKS_AVERAGED, current + 1)
    most = max(1, *(counts.get(week, 0) for week in weeks))
    before = [counts.get(week, 0) for week in weeks if week != current]
    with_data = sum(count > 0 for count in before)
    bars = []
    for place, week in enumerate(weeks):
        count = counts.get(week, 0)
        height = max(1, round(CHART_HEIGHT * count / most))
        begins_at = FIRST_MONDAY + week * WEEK
        x, y = place * (BAR_WIDTH + 4), CHART_HEIGHT - height
        bars.append(Bar(begins_at=begins_at, count=count, is_current=week == current, x=x, y=y, height=height))
    average = sum(before) / WEEKS_AVERAGED if with_data >= WEEKS_NEEDED else None
    return Frequency(bars=tuple(bars), average=average, weeks_with_data=with_data)


def _week_of(moment: datetime) -> int:
    return (moment - FIRST_MONDAY) // WEEK
