"""When a message is sent again, when its target is left alone, and what an answer means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.forwarding.breaker import FIRST_REST, LONGEST_REST, OPENS_AFTER, Breaker, BreakerState
from shipledger.forwarding.judging import EXCERPT_CHARACTERS, excerpt, judge, read_retry_after
from shipledger.forwarding.message import Attempt, Message, MessageState, Occasion, Result, make_message_id
from shipledger.forwarding.pauses import GIVEN_UP_AFTER, LONGEST_PAUSE, MOST_TRIES, is_over, pause_after
from shipledger.forwarding.target import OVERLAP, Target
from shipledger.forwarding.trying import TOO_LONG, Tried, settle_breaker, settle_message

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CHANCES = st.floats(0, 1)
ASKED = st.none() | st.timedeltas(timedelta(), timedelta(days=9))


@pytest.mark.parametrize(
    "tries, seconds",
    [(0, 10), (1, 10), (2, 20), (3, 40), (4, 80), (5, 160), (6, 320), (7, 640), (8, 1_280), (9, 2_560), (10, 3_600), (99, 3_600)],
)
def test_pauses_double_up_to_an_hour(tries, seconds):
    assert pause_after(tries, chance=0) == seconds * SECOND
    assert pause_after(tries, chance=1) == seconds * SECOND * 0.75


@given(tries=st.integers(1, 10**6), chance=CHANCES, asked=ASKED)
def test_a_pause_grows_stays_within_an_hour_and_is_as_long_as_the_target_asks(tries, chance, asked):
    pause = pause_after(tries, chance=chance, asked=asked)
    assert 7.5 * SECOND <= pause <= LONGEST_PAUSE
    assert pause >= min(asked or timedelta(), LONGEST_PAUSE)
    assert pause_after(tries + 1, chance=chance, asked=asked) >= pause


@pytest.mark.parametrize(
    "tries, age, over",
    [
        (1, timedelta(), False),
        (1, GIVEN_UP_AFTER - SECOND, False),
        (1, GIVEN_UP_AFTER, True),
        (1, None, False),
        (MOST_TRIES - 1, None, False),
        (MOST_TRIES, timedelta(), True),
    ],
)
def test_a_message_is_given_up_by_age_if_the_clock_tells_it_and_by_count(tries, age, over):
    assert is_over(tries, age=age) is over


def test_a_target_that_fails_is_tried_until_the_third_day_is_over_and_not_by_count_before():
    age, tries = timedelta(), 0
    while not is_over(tries, age=age):
        tries += 1
        age += pause_after(tries, chance=1)
    assert GIVEN_UP_AFTER <= age < GIVEN_UP_AFTER + LONGEST_PAUSE
    assert tries < MOST_TRIES


@pytest.mark.parametrize(
    "status, result",
    [
        *((status, Result.DELIVERED) for status in (200, 201, 202, 204, 299)),
        *((status, Result.FAILED) for status in (408, 409, 425, 429, 500, 502, 503, 504, 599)),
        *(
            (status, Result.REFUSED)
            for status in (101, 199, 300, 301, 302, 307, 308, 304, 400, 401, 403, 404, 410, 422, 600, 999)
        ),
    ],
)
def test_a_status_delivers_fails_or_refuses(status, result):
    assert judge(status) is result


@pytest.mark.parametrize(
    "header, asked",
    [
        ("120", 120 * SECOND),
        (" 0 ", timedelta()),
        ("9" * 400, 999_999_999 * SECOND),
        ("Mon, 02 Mar 2026 09:31:00 GMT", 60 * SECOND),
        ("Mon, 02 Mar 2026 09:31:00", 60 * SECOND),
        ("Sun, 01 Mar 2026 09:31:00 GMT", timedelta()),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("\0\ud800;=,", None),
        ("Mon, 02 Mar 99999 09:31:00 GMT", None),
        ("Mon, 02 Mar 2026 09:31:00 +9999999999", None),
        ("Mon, 99 Mar 2026 09:31:00 GMT", None),
    ],
)
def test_what_a_target_asks_is_read_and_nonsense_is_not(header, asked):
    assert read_retry_after(header, NOW) == asked


def test_an_excerpt_is_short_on_one_line_and_repeats_no_proof():
    assert excerpt(b"<p>\x1b[31mno\x07\r\n  entry</p>\xff\xe2\x80\xae") == "<p> [31mno entry</p>\ufffd"
    assert excerpt(b"you sent JWT abc.def", secrets=["abc.def"]) == "you sent JWT ***"
    assert len(excerpt(b"x" * 10**6)) == EXCERPT_CHARACTERS


def fail(breaker, now, **asked):
    return breaker.after_failure(now, chance=0, **asked)


def test_a_breaker_opens_after_five_failures_rests_longer_each_time_and_closes_on_an_answer():
    breaker, now = Breaker(), NOW
    for _ in range(OPENS_AFTER - 1):
        breaker = fail(breaker, now)
        assert breaker.state_at(now) is BreakerState.CLOSED
        assert not breaker.is_held(now)
    rests = []
    for _ in range(7):
        breaker = fail(breaker, now)
        assert breaker.state_at(now) is BreakerState.OPEN
        assert fail(breaker, now) == breaker, "attempts that were under way do not count"
        rests.append(breaker.held_until - now)
        now = breaker.held_until
        assert breaker.state_at(now) is BreakerState.HALF_OPEN
    assert [rest / SECOND for rest in rests] == [30, 60, 120, 240, 480, 900, 900]
    assert breaker.opened_at == NOW
    assert breaker.after_answer() == Breaker()


def test_a_breaker_holds_as_long_as_a_target_asks_also_before_it_opens():
    breaker = fail(Breaker(), NOW, asked=90 * SECOND)
    assert breaker.is_held(NOW + 89 * SECOND)
    assert not breaker.is_held(NOW + 90 * SECOND)
    assert breaker.state_at(NOW) is BreakerState.CLOSED
    assert fail(Breaker(), NOW, asked=timedelta(days=9)).held_until == NOW + LONGEST_PAUSE


def test_what_was_held_while_the_clock_was_ahead_is_not_held_for_years():
    assert not Breaker(9, NOW, NOW + timedelta(days=800)).is_held(NOW)
    assert Breaker(9, NOW, NOW + timedelta(days=800)).state_at(NOW) is BreakerState.HALF_OPEN


@given(failures=st.integers(0, 10**6), chance=CHANCES, asked=ASKED)
def test_a_breaker_never_rests_longer_than_an_hour(failures, chance, asked):
    after = Breaker(failures).after_failure(NOW, chance=chance, asked=asked)
    assert after.failures == failures + 1
    assert (after.held_until or NOW) - NOW <= LONGEST_PAUSE
    if after.failures >= OPENS_AFTER:
        assert after.held_until - NOW >= FIRST_REST * 0.75
    if asked is None and after.held_until:
        assert after.held_until - NOW <= LONGEST_REST


MESSAGE = Message(
    organization_id="o",
    message_id="m",
    target_id="t",
    topic="x",
    subject_id="s",
    place=1,
    body="{}",
    state=MessageState.PENDING,
    tries=1,
    attempts=7,
    written_at=NOW,
    since_at=NOW,
    due_at=NOW,
)


def tried(result, at=NOW, **rest):
    attempt = Attempt(number=8, at=at, took=SECOND, result=result)
    return Tried(attempt=attempt, at=at, chance=0, **({"has_even_time": True} | rest))


def test_an_attempt_ends_a_message_or_puts_it_off():
    delivered = settle_message(MESSAGE, tried(Result.DELIVERED))
    assert (delivered.state, delivered.ended_at, delivered.attempts) == (MessageState.DELIVERED, NOW, 8)
    refused = settle_message(MESSAGE, tried(Result.REFUSED))
    assert (refused.state, refused.ended_at) == (MessageState.GIVEN_UP, NOW)
    failed = settle_message(MESSAGE, tried(Result.FAILED))
    assert (failed.state, failed.ended_at, failed.tries, failed.attempts) == (MessageState.PENDING, None, 2, 8)
    assert failed.due_at == NOW + 20 * SECOND
    assert settle_message(MESSAGE, tried(Result.FAILED, asked=55 * SECOND)).due_at == NOW + 55 * SECOND


def test_a_message_is_given_up_after_three_days_unless_the_clock_was_changed():
    late = NOW + GIVEN_UP_AFTER
    assert settle_message(MESSAGE, tried(Result.FAILED, late)).reason == TOO_LONG
    assert settle_message(MESSAGE, tried(Result.FAILED, late, has_even_time=False)).state is MessageState.PENDING
    assert settle_message(MESSAGE, tried(Result.DELIVERED, late)).state is MessageState.DELIVERED


def test_only_failures_count_against_a_target():
    assert settle_breaker(Breaker(3), tried(Result.FAILED)).failures == 4
    assert settle_breaker(Breaker(3), tried(Result.REFUSED)).failures == 0
    assert settle_breaker(Breaker(9, NOW), tried(Result.DELIVERED)) == Breaker()


def test_the_id_of_a_message_follows_from_its_cause_alone():
    occasion = Occasion(organization_id="o", topic="x", subject_id="s", place=1, body="{}", at=NOW)
    later = Occasion(organization_id="o", topic="y", subject_id="s", place=1, body="{ }", at=NOW + SECOND)
    others = [("o", "s", 2, "t"), ("o", "r", 1, "t"), ("p", "s", 1, "t"), ("o", "s", 1, "u")]
    ids = {
        make_message_id(Occasion(organization_id=o, topic="x", subject_id=s, place=p, body="", at=NOW), t)
        for o, s, p, t in others
    }
    assert make_message_id(occasion, "t") == make_message_id(later, "t") == "msg_" + make_message_id(occasion, "t")[4:]
    assert len(ids | {make_message_id(occasion, "t")}) == 5


def test_a_replaced_secret_signs_for_a_day():
    target = Target(
        "o", "t", "webhook", "n", NOW, sealed_secret=b"new", previous_sealed_secret=b"old", previous_until=NOW + OVERLAP
    )
    assert target.list_sealed_secrets(NOW) == [b"new", b"old"]
    assert target.list_sealed_secrets(NOW + OVERLAP - SECOND) == [b"new", b"old"]
    assert target.list_sealed_secrets(NOW + OVERLAP) == [b"new"]
    assert target.list_sealed_secrets(NOW - timedelta(days=9)) == [b"new"], "it was stored while the clock was ahead"
