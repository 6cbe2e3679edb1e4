"""How many requests a key may make in a minute, and how long a write that is early waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shipledger.protocols.datadog.rates import Rate, Rates

MINUTE = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


def count(rates: Rates, limit: int, *, at: float = 0, may_wait: bool = True) -> Rate:
    return rates.count("dora_write", "key", limit, MINUTE + timedelta(seconds=at), may_wait=may_wait)


def test_what_is_over_the_limit_waits_at_the_pace_of_the_limit_and_at_most_ten_seconds() -> None:
    rates = Rates()
    waits = [count(rates, 60).wait_seconds for _ in range(70)]
    assert waits == [0.0] * 60 + [float(seconds) for seconds in range(1, 11)]
    assert count(rates, 60).is_exceeded


def test_what_waited_is_taken_from_the_next_minute_and_from_no_later_one() -> None:
    rates = Rates()
    for _ in range(65):
        count(rates, 60)
    assert count(rates, 60, at=60).remaining == 54
    assert count(rates, 60, at=180).remaining == 59


def test_what_may_not_wait_is_refused_at_once() -> None:
    rates = Rates()
    assert [count(rates, 60, may_wait=False).is_exceeded for _ in range(61)] == [False] * 60 + [True]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_small_limit_has_no_turn_that_is_near_enough(limit: int) -> None:
    rates = Rates()
    assert [count(rates, limit).is_exceeded for _ in range(limit + 1)] == [False] * limit + [True]


def test_no_limit_never_waits() -> None:
    rates = Rates()
    assert not any(count(rates, 0).wait_seconds for _ in range(1000))
