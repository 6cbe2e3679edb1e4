"""How long somebody waits who was wrong."""

from __future__ import annotations

import pytest

from shipledger.access.people.sign_in_limits import (
    FREE_FAILURES,
    LONGEST_PAUSE_SECONDS,
    LONGEST_SHARED_PAUSE_SECONDS,
    Guess,
    SignInLimits,
)


class Watch:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def limits(watch):
    return SignInLimits(watch)


def fail(limits, times, account="ada", address="1", device=""):
    for _ in range(times):
        limits.note_failure(Guess(account, address, device))


def pause(limits, account="ada", address="1", device=""):
    return limits.pause_seconds(Guess(account, address, device))


def succeed(limits, *guess):
    limits.note_failure(Guess(*guess))
    limits.note_success(Guess(*guess))


def test_a_few_mistakes_cost_nothing_and_then_pauses_double(limits, watch):
    fail(limits, FREE_FAILURES - 1)
    assert pause(limits) == 0
    pauses = []
    for _ in range(14):
        fail(limits, 1)
        pauses.append(pause(limits))
    assert pauses == [min(LONGEST_PAUSE_SECONDS, 2.0**number) for number in range(14)]
    watch.now += pauses[-1]
    assert pause(limits) == 0, "whoever waits may try again"


def test_success_and_an_hour_of_quiet_forget_failures(limits, watch):
    fail(limits, 10)
    succeed(limits, "ada", "1")
    assert pause(limits) == 0
    fail(limits, 10, account="bob")
    watch.now += 3_601
    fail(limits, 1, account="bob")
    assert pause(limits, "bob") == 0


def test_whoever_signs_in_often_uses_nothing_up(limits):
    for _ in range(200):
        succeed(limits, "ada", "1")
    limits.note_failure(Guess("ada", "1"))
    limits.take_back(Guess("ada", "1"))
    assert pause(limits) == pause(limits, "bob", "1") == pause(limits, "ada", "2") == 0


def test_one_address_cannot_try_many_accounts_but_others_behind_it_wait_a_minute_at_most(limits):
    for number in range(200):
        fail(limits, 1, account=f"person {number}")
    assert 0 < pause(limits, "somebody else", "1") <= LONGEST_SHARED_PAUSE_SECONDS
    assert pause(limits, "somebody else", "2") == 0


@pytest.mark.parametrize("address", ["bot {}", "1"], ids=["from many addresses", "from the owner's own address"])
def test_guesses_slow_strangers_down_but_not_the_browser_of_the_owner(limits, address):
    for number in range(200):
        fail(limits, 1, address=address.format(number))
    assert pause(limits, "ada", "bot 201") > 0 or address == "1"
    assert pause(limits, "ada", "1", device="laptop") == 0
    fail(limits, FREE_FAILURES, device="laptop")
    assert pause(limits, "ada", "1", device="laptop") > 0, "a stolen laptop guesses no faster"


def test_memory_is_bounded(watch):
    limits = SignInLimits(watch, remembered=10)
    for number in range(1_000):
        fail(limits, 1, account=f"person {number}", address=f"{number}")
    assert len(limits._failures) <= 10
