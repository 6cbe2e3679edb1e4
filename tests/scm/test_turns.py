"""Turns give every organization the same time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shipledger.scm.turns import Turns

DURATIONS = st.lists(st.floats(0.01, 60.0), min_size=1, max_size=5)
"""Of the packs of one organization, over and over."""


@given(st.lists(DURATIONS, min_size=2, max_size=5))
def test_whoever_waits_gets_the_same_time_to_within_one_turn(organizations: list[list[float]]):
    turns = Turns()
    names = [str(number) for number in range(len(organizations))]
    had = dict.fromkeys(names, 0.0)
    for turn in range(300):
        chosen = turns.choose(names)
        durations = organizations[int(chosen)]
        seconds = durations[turn % len(durations)]
        turns.charge(chosen, seconds)
        had[chosen] += seconds
    assert max(had.values()) - min(had.values()) <= 60.0 + 1e-6


@given(DURATIONS)
def test_who_comes_waits_for_no_more_than_one_turn_however_long_another_has_sent(bombs: list[float]):
    turns = Turns()
    for seconds in bombs * 20:
        turns.charge(turns.choose(["bomber"]), seconds)
    chosen = [turns.choose(["bomber", "guest"]) for _ in range(2)]
    turns.charge("bomber", 60.0)
    assert "guest" in [*chosen, turns.choose(["bomber", "guest"])]


def test_time_that_nobody_wanted_is_not_saved_up():
    turns = Turns()
    for _ in range(100):
        turns.charge(turns.choose(["busy"]), 60.0)
    had = {"busy": 0.0, "guest": 0.0}
    for _ in range(500):
        chosen = turns.choose(["busy", "guest"])
        turns.charge(chosen, 1.0)
        had[chosen] += 1.0
    assert 0 <= had["guest"] - had["busy"] <= 61.0


def test_of_equals_the_one_that_waits_longest_is_first():
    assert Turns().choose(["b", "a", "c"]) == "b"


def test_what_is_forgotten_changes_no_turn():
    one, other = Turns(), Turns()
    for turns in (one, other):
        turns.charge(turns.choose(["a", "b", "c"]), 5.0)
        turns.charge(turns.choose(["b", "c"]), 1.0)
    one.forget_all_but({"b"})
    assert [one.choose(["a", "b", "c"]), one.choose(["a", "b"])] == [other.choose(["a", "b", "c"]), other.choose(["a", "b"])]
