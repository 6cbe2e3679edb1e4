"""Where the deployments of lanes stand in a picture of a time: bars, folded repeats and groups. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from msgspec import Struct

from shipledger.ledger.state import SEVERITIES, State, is_final
from shipledger.verbs.timeline import Bar

WIDTH = 900
LEAST_WIDTH = 7
MOST_MARKS = 200
SLOTS = (8, 16, 32, 64, 128, 256, 512, WIDTH)
"""Widths in which marks become one, the first that makes them few enough."""


class Window(Struct, frozen=True):
    """The time that a picture shows. What is under way lasts until ``now``."""

    since: datetime
    until: datetime
    now: datetime

    def place(self, moment: datetime) -> float:
        """Where a moment stands, within the picture."""
        share = (moment - self.since) / max(self.until - self.since, timedelta(microseconds=1))
        return min(max(share, 0.0), 1.0) * WIDTH


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


def draw_lanes(lanes: Sequence[Sequence[Bar]], window: Window, *, most: int = MOST_MARKS) -> list[list[Mark]]:
    """The marks of each lane, in order. Repeats of one commit are folded; where there are too many, neighbours are grouped."""
    drawn = [_fold(bars, window) for bars in lanes]
    for slot in SLOTS:
        if sum(map(len, drawn)) <= most:
            break
        drawn = [_group(marks, slot, window) for marks in drawn]
    return drawn


def draw_span(since: datetime, until: datetime | None, window: Window) -> tuple[float, float]:
    """Where a time stands, and how wide it is; None: until now."""
    left, right = window.place(since), window.place(max(since, until or window.now))
    width = max(right - left, LEAST_WIDTH)
    return round(min(left, WIDTH - width), 1), round(width, 1)


def _fold(bars: Sequence[Bar], window: Window) -> list[Mark]:
    """A mark for each, but repeats in a row that ended alike are one: what failed stays apart."""
    marks = []
    for is_again, run in groupby(bars, key=lambda one: one.is_again and (one.stretch.commit, one.stretch.state)):
        found = list(run)
        marks += [_draw(found, window)] if is_again else [_draw([one], window) for one in found]
    return marks


def _group(marks: Iterable[Mark], slot: int, window: Window) -> list[Mark]:
    place: Callable[[Mark], int] = lambda mark: int(mark.x // slot)  # noqa: E731  named for what it tells
    grouped = []
    for _, run in groupby(marks, key=place):
        found = list(run)
        grouped.append(found[0] if len(found) == 1 else _draw([bar for mark in found for bar in mark.bars], window))
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
