"""Deployments to production, week by week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.web.pages.frequency import FIRST_MONDAY, WEEK, first_week_begins_at, to_frequency

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday, in the first week of its year
CURRENT = (NOW - FIRST_MONDAY) // WEEK


@pytest.mark.parametrize(
    "before, average",
    [((), None), ((5, 5, 5), None), ((3, 3, 3, 3), 1.0), ((1,) * 12, 1.0), ((0, 12, 12, 12), None)],
)
def test_an_average_takes_four_weeks_with_data_and_leaves_the_current_one_out(
    before: tuple[int, ...], average: float | None
) -> None:
    counts = {CURRENT: 99} | {CURRENT - 1 - number: count for number, count in enumerate(before)}
    assert to_frequency(counts, NOW).average == average


def test_weeks_are_those_of_iso_8601_over_the_turn_of_the_year() -> None:
    frequency = to_frequency({CURRENT: 2, CURRENT - 1: 4, CURRENT - 13: 7}, NOW)
    assert [bar.name for bar in frequency.bars[-2:]] == ["2025-W52", "2026-W01"]
    assert [bar.height for bar in frequency.bars[-2:]] == [60, 30]
    assert (len(frequency.bars), frequency.current, frequency.weeks_with_data) == (13, 2, 1)
    assert frequency.bars[-1].begins_at == datetime(2025, 12, 29, tzinfo=UTC)


def test_the_first_week_begins_twelve_mondays_before_this_one() -> None:
    assert first_week_begins_at(NOW) == datetime(2025, 12, 29, tzinfo=UTC) - 12 * timedelta(weeks=1)
