"""What runs in a lane, and what ran before, by when it happened: whatever the order in which it was told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shipledger.ledger.lanes import PARTS, Lane, Part, Span, find_running, fold_lane, span_of, took_effect_at
from shipledger.ledger.state import State
from tests.support.factories import PRODUCTION, decide_receipt, make_change, make_receipt, make_record, make_report, moment

HOUR = timedelta(hours=1)


def make(number, state=State.SUCCESSFUL, *, ended=None, told=50, **facts):
    """The deployment ``number``, which began at its moment and ended at another one, told by the receipt ``told``."""
    said = make_report(state, moment(number if ended is None else ended))
    _, deployment = decide_receipt(make_receipt(told), make_record(number, state=said, **facts))
    return replace(deployment, deployment_id=f"{deployment.deployment_id} {deployment.facts.title}")


def titles(lane: Lane):
    parts = (lane.runs, lane.before, lane.under_way, lane.other)
    return tuple(one and one.facts.title for one in parts)


@st.composite
def deployments(draw):
    number = draw(st.integers(0, 5))
    state = draw(st.sampled_from(State))
    title = draw(st.sampled_from("ABC"))
    one = make(number, state, ended=draw(st.integers(0, 5)), title=title, external_id=f"{number} {state} {title}")
    return replace(one, deployment_id=one.external_id, is_removed=draw(st.booleans()))


@given(st.lists(deployments(), max_size=6, unique_by=lambda one: one.external_id), st.randoms(use_true_random=False))
def test_any_order_of_arrival_and_any_repetition_gives_the_same_lane(found, random):
    told = [*found, *found[:2]]
    random.shuffle(told)
    # Our own ids depend on the order of arrival.
    arrived = [replace(one, deployment_id=f"{place:03}") for place, one in enumerate(found)]
    random.shuffle(arrived)
    assert titles(fold_lane(told)) == titles(fold_lane(found)) == titles(fold_lane(arrived))


def test_the_last_success_runs_and_the_success_before_it_ran_before():
    found = [make(1, title="A"), make(2, title="B"), make(3, State.FAILED, title="C"), make(4, State.IN_PROGRESS, title="D")]
    assert titles(fold_lane(found)) == ("B", "A", "D", "C")
    assert fold_lane(found).environment == PRODUCTION.name
    assert titles(fold_lane([])) == (None, None, None, None)


def test_what_ran_before_is_found_beside_what_runs():
    first, second, third = make(1, title="A"), make(2, title="B"), make(3, title="C")
    assert find_running([], None) == (None, None)
    assert find_running([first], None) == (first, None)
    assert find_running([first, second], None) == (second, first)
    assert find_running([third, first, second], None) == (third, second)
    assert find_running([third, first, second], moment(2)) == (second, first)


def test_what_ended_last_runs_though_it_began_first():
    assert titles(fold_lane([make(1, ended=9, title="Slow"), make(2, ended=3, title="Quick")]))[:2] == ("Slow", "Quick")


def test_what_was_rolled_back_gives_its_place_to_what_ran_before():
    last = make(3, title="B")
    _, undone = decide_receipt(make_receipt(60), make_change(last, State.ROLLED_BACK, at=moment(9)), last)
    assert titles(fold_lane([make(1, title="A"), undone])) == ("A", None, None, "B")


def test_an_end_in_the_far_future_makes_nothing_the_newest():
    ahead = make(1, ended=400 * 24 * 3600, title="Wrong clock")
    assert took_effect_at(ahead) == moment(1)
    assert titles(fold_lane([ahead, make(2, title="Right")]))[:2] == ("Right", "Wrong clock")


def test_those_of_one_moment_are_told_apart_by_what_their_sender_says():
    numbered = [make(1, ended=2, title=f"N{number}", sequence=number) for number in (10, 9)]
    assert titles(fold_lane(numbered))[:2] == ("N10", "N9")
    named = [make(1, ended=2, title=name, external_id=name) for name in "ba"]
    assert titles(fold_lane(named))[:2] == titles(fold_lane(named[::-1]))[:2] == ("b", "a")


@pytest.mark.parametrize("state", State)
def test_every_state_is_a_part_of_a_lane(state):
    assert PARTS[state] in Part


def test_what_was_rolled_back_ran_from_its_success_until_then():
    ran = make(3, title="A")
    _, deployment = decide_receipt(make_receipt(51), make_change(ran, State.ROLLED_BACK, at=moment(9)), ran)
    assert span_of(deployment) == Span(moment(3), moment(9))
    assert [find_running([deployment], at)[0] is not None for at in (moment(2), moment(3), moment(8), moment(9), None)] == [
        False, True, True, False, False,
    ]  # fmt: skip


@given(st.lists(deployments(), max_size=6, unique_by=lambda one: one.external_id), st.randoms(use_true_random=False))
def test_what_runs_now_is_what_ran_at_the_end_of_time_in_any_order(found, random):
    lane, shuffled = fold_lane(found), random.sample(found, k=len(found))
    assert find_running(shuffled, None) == find_running(found, moment(10_000)) == (lane.runs, lane.before)
