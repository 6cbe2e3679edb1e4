"""The order never goes back and keeps its pace; the time is what the clock says now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from shipledger.clock import (
    BELIEVED_AFTER,
    EPOCH,
    FIRST,
    JUMP,
    LAST,
    LASTS_NS,
    PROMPT_NS,
    Clock,
    from_microseconds,
    moved,
    to_microseconds,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GLITCH = timedelta(days=800)
MICROSECOND = timedelta(microseconds=1)


class Machine:
    """A machine whose clock is set by hand, and on which time goes on by hand."""

    def __init__(self) -> None:
        self.steady_ns = 10**15
        self.wall = START

    def wait(self, duration: timedelta) -> None:
        self.steady_ns += duration // MICROSECOND * 1_000
        self.wall += duration

    def clock(self) -> Clock:
        return Clock(wall_ns=lambda: to_microseconds(self.wall) * 1_000)


@contextmanager
def machine() -> Iterator[Machine]:
    """A machine, and nothing else that tells the time."""
    made = Machine()
    with patch("shipledger.clock.steady_ns", lambda: made.steady_ns):
        yield made


WAITS = st.timedeltas(timedelta(0), timedelta(hours=3))
SETTINGS = st.timedeltas(-GLITCH, GLITCH) | st.timedeltas(-timedelta(seconds=5), timedelta(seconds=5))


@given(st.lists(st.tuples(WAITS, SETTINGS | st.none()), min_size=1, max_size=30))
def test_however_the_clock_is_set_the_order_only_grows_and_the_time_is_the_clocks(steps):
    with machine() as made:
        clock = made.clock()
        last, order = clock.next_order(), clock.order_now()
        for wait, setting in steps:
            made.wait(wait)
            if setting is not None:
                made.wall += setting
            assert clock.now() == made.wall
            reached = clock.order_now()
            assert reached - order >= wait / 2 - MICROSECOND  # what waits for its time does not wait for ever
            order, given_out = reached, clock.next_order()
            assert given_out > last
            last = given_out


@given(st.lists(st.tuples(st.timedeltas(SECOND, timedelta(minutes=9)), SETTINGS), max_size=5))
def test_glitches_that_do_not_last_leave_the_order_where_it_would_be_without_them(glitches):
    with machine() as made:
        clock = made.clock()
        clock.next_order()
        for lasts, setting in glitches:
            made.wall += setting
            clock.now()
            made.wait(lasts)
            clock.next_order()
            made.wall -= setting
            made.wait(timedelta(hours=1))
            clock.now()
            made.wait(timedelta(hours=1))
            assert abs(clock.order_now() - made.wall) <= 2 * JUMP


def test_a_jump_forward_that_lasts_is_believed():
    with machine() as made:
        clock = made.clock()
        clock.next_order()
        made.wall += GLITCH
        assert made.wall - clock.next_order() == GLITCH - MICROSECOND
        made.wait(BELIEVED_AFTER)
        assert clock.next_order() == made.wall


def test_an_order_that_is_ahead_goes_on_at_half_its_pace_until_the_time_has_come():
    with machine() as made:
        clock = made.clock()
        clock.advance_to(START + timedelta(hours=1))
        clock.next_order()
        made.wait(timedelta(hours=1))
        assert abs(clock.order_now() - made.wall - timedelta(minutes=30)) < SECOND
        made.wait(timedelta(hours=2))
        assert clock.order_now() == made.wall


def test_a_time_far_ahead_of_where_others_are_is_a_jump_that_has_just_happened():
    with machine() as made:
        doubting, believing = made.clock(), made.clock()
        doubting.resume(START - GLITCH, in_doubt=True)
        believing.resume(START - GLITCH, in_doubt=False)
        assert believing.next_order() >= START
        assert doubting.next_order() < START - GLITCH + SECOND
        made.wait(BELIEVED_AFTER)
        assert doubting.next_order() == made.wall


def test_a_jump_is_noticed_with_its_size_and_a_slow_drift_is_none():
    with machine() as made:
        clock = made.clock()
        for _ in range(100):
            made.wait(timedelta(minutes=1))
            made.wall += SECOND
            clock.now()
        assert clock.jump is None
        made.wall -= timedelta(hours=2)
        clock.now()
        assert clock.jump is not None
        assert clock.jump.by == -timedelta(hours=2)


def test_a_slow_answer_counts_when_there_was_no_prompt_one_lately_or_when_it_proves_that_the_clock_was_set():
    with machine() as made:
        clock, slow_ns = Clock(), 2 * PROMPT_NS

        def hear(moment: datetime, took_ns: int) -> datetime:
            clock.follow(moment, asked_ns=made.steady_ns - took_ns)
            return clock.now()

        prompt = hear(START, 0)
        assert prompt == START
        assert hear(START + timedelta(milliseconds=30), slow_ns) == prompt
        assert hear(START + timedelta(days=1), slow_ns) > START + timedelta(days=1)
        clock = Clock()
        assert hear(START, 0) == START
        made.wait(timedelta(microseconds=LASTS_NS // 1_000 + 1))
        late = clock.now()
        assert hear(late + timedelta(milliseconds=1), slow_ns) > late


def test_a_slow_first_answer_was_right_amid_the_question():
    with machine() as made:
        late = Clock()
        late.follow(START, asked_ns=made.steady_ns - 2 * LASTS_NS)
        assert late.now() == START + timedelta(minutes=1)


@given(st.integers(-(2**50), 2**50))
def test_times_and_microseconds_stand_for_each_other(microseconds):
    assert to_microseconds(from_microseconds(microseconds)) == microseconds
    assert from_microseconds(0) == EPOCH


def test_a_time_is_moved_as_far_as_there_are_times():
    assert (moved(FIRST, -MICROSECOND), moved(LAST, MICROSECOND)) == (FIRST, LAST)
    assert moved(START, SECOND) == START + SECOND
