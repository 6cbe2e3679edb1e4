"""How many requests a key may make in a minute, and how long a write that is early waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from shipledger.access.grant import Grant
from shipledger.protocols.datadog.rates import Limit, Rate, Rates

MINUTE = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
KEY = Grant(credential_id="key", organization_id="acme", kind="datadog", name="key", scopes=frozenset())


def count(rates: Rates, limit: int, *, at: float = 0, may_wait: bool = True) -> Rate:
    return rates.count("dora_write", KEY, Limit(limit), MINUTE + timedelta(seconds=at), may_wait=may_wait)


def count_own(rates: Rates, *, at: float = 0, name: str = "dora_read", **limits: int) -> Rate:
    return rates.count(name, replace(KEY, **limits), Limit(1), MINUTE + timedelta(seconds=at), may_wait=name == "dora_write")


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


def test_a_limit_of_a_second_counts_in_each_second() -> None:
    rates = Rates()
    found = [count_own(rates, at=at, requests_per_second=2) for at in (0, 0.5, 0.9, 1.0, 1.1, 1.9, 61.0)]
    assert [rate.is_exceeded for rate in found] == [False, False, True, False, False, True, False]
    assert {(rate.limit, rate.period_seconds, rate.reset_seconds) for rate in found} == {(2, 1, 1)}
    assert [rate.remaining for rate in found] == [1, 0, 0, 1, 0, 0, 1]


def test_writes_over_the_limit_of_a_second_are_lent_from_the_seconds_that_follow() -> None:
    rates = Rates()
    waits = [count_own(rates, name="dora_write", requests_per_second=2).wait_seconds for _ in range(22)]
    assert waits == [0.0, 0.0, *(number / 2 for number in range(1, 21))]
    assert count_own(rates, name="dora_write", requests_per_second=2).is_exceeded
    assert count_own(rates, name="dora_write", at=5, requests_per_second=2).wait_seconds == 5.5
    assert count_own(rates, name="dora_write", at=70, requests_per_second=2).wait_seconds == 0


def test_both_limits_of_a_credential_hold_and_the_one_that_is_used_up_is_told() -> None:
    rates = Rates()
    limits = {"requests_per_minute": 3, "requests_per_second": 2}
    found = [count_own(rates, at=at, **limits) for at in (0, 0, 0, 1, 2)]
    assert [(rate.is_exceeded, rate.period_seconds) for rate in found] == [
        (False, 1),
        (False, 1),
        (True, 1),
        (False, 60),
        (True, 60),
    ]
    assert found[-1].reset_seconds == 58


def test_a_limit_of_its_own_counts_all_that_a_credential_calls() -> None:
    rates = Rates()
    names = ("dora_read", "dora_write", "dora_read")
    assert [count_own(rates, name=name, requests_per_minute=2).is_exceeded for name in names] == [False, False, True]
