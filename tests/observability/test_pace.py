"""How much a server does now."""

from __future__ import annotations

import pytest

from shipledger.observability.pace import WINDOW_SECONDS, Pace


class Ticks:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 1_000.25

    def __call__(self) -> float:
        return self.at


def test_a_minute_is_measured_and_what_is_older_is_forgotten() -> None:
    ticks = Ticks()
    pace = Pace(ticks)
    assert pace.measure().requests_per_second == 0
    for second in range(2 * WINDOW_SECONDS):
        ticks.at = 1_000.25 + second
        pace.count_request()
        pace.count_commit(second, 0.5)
    ticks.at += 0.5
    told = pace.measure()
    assert (told.seconds, told.requests, told.commits) == (60, 60, 60)
    assert told.batch_size == pytest.approx(sum(range(60, 120)) / 60)
    assert told.commit_seconds == pytest.approx(0.5)
    ticks.at += 10 * WINDOW_SECONDS
    told = pace.measure()
    assert (told.requests, told.commits, told.batch_size, told.commit_seconds) == (0, 0, 0, 0)


def test_before_a_minute_is_over_it_is_measured_from_the_start() -> None:
    ticks = Ticks()
    pace = Pace(ticks)
    for _ in range(20):
        pace.count_request()
    ticks.at += 4
    assert pace.measure().requests_per_second == 5
