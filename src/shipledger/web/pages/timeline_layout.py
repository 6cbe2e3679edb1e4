"""Where the deployments of lanes stand in a picture of a time: bars, folded repeats and groups. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from msgspec import Struct

from shipledger.ledger.state import SEVERITIES, State, is_final
from shipledger.verbs.timeline import Bar

WIDTH = 900
LEAST_WIDTH = 7
MOST_MARKS = 200
SLOTS = (8, 16, 32, 64, 128, 256, 512, WIDTH)
"""Widths in which marks become one, the first that makes them few enough."""

MOST_TICKS = 7
_SHORT_STEPS = (
    *(timedelta(minutes=one) for one in (1, 2, 5, 10, 15, 30)),
    *(timedelta(hours=one) for one in (1, 2, 3, 4, 6, 12)),
)
_LONG_STEPS = tuple(timedelta(days=one * 10**power) for power in range(7) for one in (1, 2, 5))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Placed: TypeAlias = tuple[float, list[Bar]]
"""Bars that are drawn as one, with the place where the first begins."""


class Window(Struct, frozen=True):
    """The time that a picture shows. What is under way lasts until ``now``."""

    since: datetime
    until: datetime
    now: datetime

    def place(self, moment: datetime) -> float:
        """Where a moment stands, within the picture."""
        share = (moment - self.since) / max(self.until - self.since, timedelta(microseconds=1))
        return min(max(share, 0.0), 1.0) * WIDTH


class Tick(Struct, frozen=True):
    """A round time on the axis."""

    at: datetime
    x: float


class Mark(Struct, frozen=True):
    """One or several deployments that are drawn as one.

    ``since`` and ``until`` are the first and the last start. ``is_again``: the same commit was deployed once more.
    ``begins_before`` and ``ends_after``: it goes beyond the picture. ``failed``: how many of them failed.
    """

    bars: tuple[Bar, ...]
    x: float
    width: float
    state: State
    is_again: bool
    begins_before: bool
    ends_after: bool

    @property
    def count(self) -> int:
        """How many deployments it stands for."""
        return len(self.bars)

    @property
    def first(self) -> Bar:
        """The one that started first."""
        return self.bars[0]

    @property
    def last(self) -> Bar:
        """The one that started last."""
        return self.bars[-1]

    @property
    def failed(self) -> int:
        """How many of them failed."""
        return sum(one.stretch.state is State.FAILED for one in self.bars)


def draw_ticks(window: Window) -> tuple[timedelta, list[Tick]]:
    """Round times in the picture, and the time between two: full hours in a day, midnights in a week, in UTC."""
    span = window.until - window.since
    step = next(one for one in (*_SHORT_STEPS, *_LONG_STEPS) if span <= one * MOST_TICKS)
    first, last = -((_EPOCH - window.since) // step), (window.until - _EPOCH) // step
    moments = [_EPOCH + step * number for number in range(first, last + 1)]
    return step, [Tick(one, round(window.place(one), 1)) for one in moments if one < window.until]


def draw_lanes(lanes: Sequence[Sequence[Bar]], window: Window, *, most: int = MOST_MARKS) -> list[list[Mark]]:
    """The marks of each lane, in order. Repeats of one commit are folded; where there are too many, neighbours are grouped."""
    runs = [[(_place(run[0], window), run) for run in _fold(bars)] for bars in lanes]
    if sum(map(len, runs)) > most:
        slot = next((one for one in SLOTS if sum(len({x // one for x, _ in lane}) for lane in runs) <= most), WIDTH)
        runs = [_group(lane, slot) for lane in runs]
    return [[_draw(run, window) for _, run in lane] for lane in runs]


def draw_span(since: datetime, until: datetime | None, window: Window) -> tuple[float, float]:
    """Where a time stands, and how wide it is; None: until now."""
    left, right = window.place(since), window.place(max(since, until or window.now))
    width = max(right - left, LEAST_WIDTH)
    return round(min(left, WIDTH - width), 1), round(width, 1)


def _place(bar: Bar, window: Window) -> float:
    return min(window.place(bar.stretch.started_at), WIDTH - LEAST_WIDTH)


def _fold(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Each by itself, but repeats in a row that ended alike together: what failed stays apart."""
    runs = []
    for is_again, run in groupby(bars, key=lambda one: one.is_again and (one.stretch.commit, one.stretch.state)):
        found = list(run)
        runs += [found] if is_again else [[one] for one in found]
    return runs


def _group(runs: Iterable[Placed], slot: int) -> list[Placed]:
    """Those that begin in one slot together."""
    grouped = []
    for _, neighbours in groupby(runs, key=lambda one: one[0] // slot):
        found = list(neighbours)
        grouped.append((found[0][0], [bar for _, run in found for bar in run]))
    return grouped


def _draw(bars: Sequence[Bar], window: Window) -> Mark:
    first = bars[0].stretch
    ends = [_end_of(one, window) for one in bars]
    x, width = draw_span(first.started_at, max(ends), window)
    return Mark(
        bars=tuple(bars),
        x=x,
        width=width,
        state=max((one.stretch.state for one in bars), key=lambda state: SEVERITIES[state]),
        is_again=all(one.is_again for one in bars),
        begins_before=first.started_at < window.since,
        ends_after=max(ends) > window.until or bars[-1].stretch.started_at > window.until,
    )


def _end_of(bar: Bar, window: Window) -> datetime:
    """When a bar ends. Nobody knows when something ended of which no end was told: it is as short as can be seen."""
    one = bar.stretch
    if one.ended_at is not None:
        return max(one.started_at, one.ended_at)
    is_under_way = not is_final(one.state) and one.state is not State.UNKNOWN
    return max(one.started_at, window.now) if is_under_way else one.started_at
