"""Token buckets per credential."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.access.grant import Grant
from shipledger.access.limits import Limiter

ALICE = Grant(credential_id="alice", organization_id="acme", kind="opsgenie", name="Alice", scopes=frozenset())


class Watch:
    """A monotonic clock that stands still unless told."""

    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def limited(*, per_second: int = 0, per_minute: int = 0) -> Grant:
    return replace(ALICE, requests_per_second=per_second, requests_per_minute=per_minute)


def test_without_limits_nothing_is_ever_exceeded() -> None:
    limiter = Limiter(Watch())

    answers = {limiter.throttle(ALICE) for _ in range(10_000)}

    assert [(answer.is_exceeded, answer.period_seconds) for answer in answers] == [(False, 60)]


@pytest.mark.parametrize("grant, period_seconds", [(limited(per_second=3), 1), (limited(per_minute=3), 60)])
def test_the_request_after_the_last_allowed_one_is_refused(grant: Grant, period_seconds: int) -> None:
    limiter = Limiter(Watch())

    answers = [limiter.throttle(grant) for _ in range(4)]

    assert [answer.is_exceeded for answer in answers] == [False, False, False, True]
    assert {answer.period_seconds for answer in answers} == {period_seconds}


def test_a_refused_client_is_served_after_the_time_it_is_told() -> None:
    watch = Watch()
    limiter = Limiter(watch)
    grant = limited(per_minute=2)
    while not (answer := limiter.throttle(grant)).is_exceeded:
        pass
    assert answer.retry_after_seconds == 30

    watch.seconds += answer.retry_after_seconds
    assert not limiter.throttle(grant).is_exceeded
    assert limiter.throttle(grant).is_exceeded


def test_the_limit_rolls_and_does_not_begin_anew_on_the_minute() -> None:
    watch = Watch()
    limiter = Limiter(watch)
    grant = limited(per_minute=60)
    for _ in range(60):
        limiter.throttle(grant)

    watch.seconds += 10
    served = sum(not limiter.throttle(grant).is_exceeded for _ in range(60))

    assert served == 10


def test_the_bucket_that_counts_is_the_one_that_refuses_for_longest() -> None:
    watch = Watch()
    limiter = Limiter(watch)
    grant = limited(per_second=2, per_minute=3)

    assert [limiter.throttle(grant).period_seconds for _ in range(3)] == [1, 1, 1]
    watch.seconds += 1
    assert not limiter.throttle(grant).is_exceeded
    refused = limiter.throttle(grant)

    assert (refused.is_exceeded, refused.period_seconds) == (True, 60)


def test_refused_requests_spend_nothing() -> None:
    watch = Watch()
    limiter = Limiter(watch)
    grant = limited(per_second=1, per_minute=1_000)
    limiter.throttle(grant)
    for _ in range(5_000):
        assert limiter.throttle(grant).is_exceeded

    watch.seconds += 1
    assert not limiter.throttle(grant).is_exceeded


def test_one_credential_does_not_spend_the_requests_of_another() -> None:
    limiter = Limiter(Watch())
    alice, bob = limited(per_second=1), replace(limited(per_second=1), credential_id="bob")
    limiter.throttle(alice)

    assert limiter.throttle(alice).is_exceeded
    assert not limiter.throttle(bob).is_exceeded


def test_at_most_so_many_credentials_are_remembered() -> None:
    limiter = Limiter(Watch(), remembered_credentials=2)
    grants = [replace(limited(per_second=1), credential_id=str(number)) for number in range(3)]
    for grant in grants:
        limiter.throttle(grant)

    assert limiter.throttle(grants[2]).is_exceeded
    assert not limiter.throttle(grants[0]).is_exceeded


@given(
    per_second=st.integers(1, 20),
    per_minute=st.integers(1, 200),
    pauses=st.lists(st.floats(0, 5, allow_nan=False), min_size=1, max_size=200),
)
def test_no_more_is_served_than_a_full_bucket_and_what_accrues(per_second: int, per_minute: int, pauses: list[float]) -> None:
    watch = Watch()
    limiter = Limiter(watch)
    grant = limited(per_second=per_second, per_minute=per_minute)
    began = watch.seconds
    served = 0
    for pause in pauses:
        watch.seconds += pause
        answer = limiter.throttle(grant)
        served += not answer.is_exceeded
        assert answer.is_exceeded == (answer.retry_after_seconds >= 1)
    passed = watch.seconds - began

    assert served <= per_second + passed * per_second + 1e-6
    assert served <= per_minute + passed * per_minute / 60 + 1e-6


def test_the_credential_that_was_idle_for_longest_is_forgotten_first() -> None:
    limiter = Limiter(Watch(), remembered_credentials=2)
    first, second, third = (replace(limited(per_second=1), credential_id=str(number)) for number in range(3))
    for grant in (first, second, first, third):
        limiter.throttle(grant)

    assert limiter.throttle(first).is_exceeded
    assert limiter.throttle(third).is_exceeded
    assert not limiter.throttle(second).is_exceeded
