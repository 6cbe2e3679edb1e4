"""Bars stay inside the picture and in order, and no grouping loses a deployment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.deployments.stretches import Stretch
from shipledger.ledger.state import State, Tier
from shipledger.verbs.timeline import Bar
from shipledger.web.pages.timeline_layout import LEAST_WIDTH, MOST_TICKS, WIDTH, Window, draw_lanes, draw_span, draw_ticks

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)  # a day on which much of Europe has 23 hours
YEARS = timedelta(days=10 * 365) // timedelta(seconds=1)
MOMENTS = st.one_of(st.integers(-YEARS, YEARS), st.integers(-90_000, 90_000)).map(
    lambda seconds: NOW + timedelta(seconds=seconds)
)
SPANS = st.one_of(st.integers(0, YEARS), st.integers(0, 7_200)).map(lambda seconds: timedelta(seconds=seconds))


def stretch(number, started_at, lasted, state=State.SUCCESSFUL, commit=""):
    return Stretch(
        deployment_id=f"d{number}",
        state=state,
        tier=Tier.PRODUCTION,
        environment="production",
        environment_key="production",
        started_at=started_at,
        ended_at=None if lasted is None else started_at + lasted,
        commit=commit,
        lane_keys=(),
    )


def bars_of(told):
    ordered = sorted(told, key=lambda one: one[0])
    stretches = [stretch(number, *one) for number, one in enumerate(ordered)]
    commits = ["", *(one.commit for one in stretches)]
    return [Bar(one, is_again=bool(one.commit) and one.commit == before) for one, before in zip(stretches, commits, strict=False)]


LANE = st.lists(st.tuples(MOMENTS, st.none() | SPANS, st.sampled_from(State), st.sampled_from(["", "a", "b"])), max_size=40).map(
    bars_of
)


@given(st.lists(LANE, max_size=6), MOMENTS, SPANS, st.integers(1, 40))
def test_every_bar_is_drawn_once_inside_the_picture_and_in_order(lanes, since, span, most):
    window = Window(since, since + span, NOW)
    drawn = draw_lanes(lanes, window, most=most)
    for bars, marks in zip(lanes, drawn, strict=True):
        assert [bar for mark in marks for bar in mark.bars] == bars
        places = [mark.x for mark in marks]
        assert places == sorted(places)
        for mark in marks:
            assert mark.x >= 0
            assert mark.x + mark.width <= WIDTH + 0.1
            assert mark.width >= LEAST_WIDTH
            assert mark.failed <= mark.count
            assert (mark.state is State.FAILED) == bool(mark.failed)
    assert sum(map(len, drawn)) <= max(most, len([bars for bars in lanes if bars]))


def test_a_bar_is_as_long_as_it_took():
    window = Window(NOW - timedelta(hours=10), NOW, NOW)
    (marks,) = draw_lanes([bars_of([(NOW - timedelta(hours=5), timedelta(hours=1), State.SUCCESSFUL, "")])], window)
    assert (marks[0].x, marks[0].width, marks[0].begins_before, marks[0].ends_after) == (450, 90, False, False)


def test_what_goes_beyond_the_picture_says_so():
    window = Window(NOW - timedelta(hours=1), NOW, NOW)
    told = [
        (NOW - timedelta(days=5 * 365), timedelta(days=6 * 365), State.SUCCESSFUL, ""),
        (NOW + timedelta(days=9_000), None, State.IN_PROGRESS, ""),
    ]
    ((long, ahead),) = draw_lanes([bars_of(told)], window)
    assert (long.x, long.width, long.begins_before, long.ends_after) == (0, WIDTH, True, True)
    assert (ahead.x, ahead.width, ahead.begins_before, ahead.ends_after) == (WIDTH - LEAST_WIDTH, LEAST_WIDTH, False, True)


def test_what_is_under_way_lasts_until_now_and_what_ended_unknown_is_short():
    window = Window(NOW - timedelta(hours=10), NOW + timedelta(hours=10), NOW)
    for state, width in ((State.IN_PROGRESS, 225), (State.PENDING, 225), (State.UNKNOWN, LEAST_WIDTH)):
        ((mark,),) = draw_lanes([bars_of([(NOW - timedelta(hours=5), None, state, "")])], window)
        assert mark.width == width, state


def test_repeats_of_one_commit_are_folded_and_those_that_failed_stay_apart():
    hour = timedelta(hours=1)
    states = [State.SUCCESSFUL] * 4 + [State.FAILED] + [State.SUCCESSFUL] * 2
    told = [(NOW - 9 * hour + hour * at, timedelta(minutes=5), state, "a") for at, state in enumerate(states)]
    (marks,) = draw_lanes([bars_of(told)], Window(NOW - 10 * hour, NOW, NOW))
    assert [(mark.count, mark.is_again, mark.state) for mark in marks] == [
        (1, False, State.SUCCESSFUL),
        (3, True, State.SUCCESSFUL),
        (1, True, State.FAILED),
        (2, True, State.SUCCESSFUL),
    ]


def test_two_hundred_are_drawn_each_and_one_more_is_grouped():
    def lane(count):
        return bars_of([(NOW - timedelta(minutes=5 * at), timedelta(minutes=1), State.SUCCESSFUL, "") for at in range(count)])

    window = Window(NOW - timedelta(days=1), NOW, NOW)
    assert [len(marks) for marks in draw_lanes([lane(200)], window)] == [200]
    (grouped,) = draw_lanes([lane(201)], window)
    assert len(grouped) <= 200
    assert sum(mark.count for mark in grouped) == 201


def test_a_span_that_ends_before_it_begins_is_as_short_as_can_be_seen():
    assert draw_span(NOW, NOW - timedelta(hours=1), Window(NOW - timedelta(hours=1), NOW, NOW)) == (
        WIDTH - LEAST_WIDTH,
        LEAST_WIDTH,
    )


@given(since=MOMENTS, span=SPANS)
def test_the_axis_has_few_round_times_all_inside_the_picture(since, span):
    until = since + max(span, timedelta(minutes=1))
    step, ticks = draw_ticks(Window(since, until, NOW))
    assert len(ticks) <= MOST_TICKS
    assert all(since <= one.at < until and 0 <= one.x <= WIDTH for one in ticks)
    assert all((one.at - datetime(1970, 1, 1, tzinfo=UTC)) % step == timedelta(0) for one in ticks)


@pytest.mark.parametrize(
    "span, begin, step",
    [
        (timedelta(minutes=1), "2026-03-28T11:53", timedelta(minutes=1)),
        (timedelta(hours=1), "2026-03-28T12:00", timedelta(minutes=10)),
        (timedelta(days=1), "2026-03-28T12:00", timedelta(hours=4)),
        (timedelta(days=7), "2026-03-29T00:00", timedelta(days=1)),
        (timedelta(days=3650), "2027-07-01T00:00", timedelta(days=1000)),
    ],
)
def test_a_day_has_full_hours_and_a_week_midnights(span, begin, step):
    since = datetime(2026, 3, 28, 11, 52, 30, tzinfo=UTC)
    found, ticks = draw_ticks(Window(since, since + span, NOW))
    assert (found, ticks[0].at.strftime("%Y-%m-%dT%H:%M")) == (step, begin)
