"""Of each tag, detail and responder what was said last stands, and they keep the order in which they were first said."""

from __future__ import annotations

from itertools import permutations

import pytest

from shipledger.incidents.elements import Element, ElementKind, Held, join_elements, list_present, values_present

TAG, DETAIL = ElementKind.TAG, ElementKind.DETAIL


def join(*said):
    held = {}
    for order, kind, key, value in said:
        held = join_elements(held, [Element(kind=kind, key=key, value=value)], (order,))
    return held


SAID = [(3, TAG, "b", "b"), (2, DETAIL, "x", "1"), (1, TAG, "a", "a"), (4, TAG, "c", None), (5, DETAIL, "x", None)]


def test_they_are_kept_by_kind_and_key_however_they_arrive():
    kept = {repr(join(*order)) for order in permutations(SAID)}
    assert len(kept) == 1
    held = join(*SAID)
    assert [(kind, *by_key) for kind, by_key in held.items()] == [(DETAIL, "x"), (TAG, "a", "b", "c")]
    assert held[DETAIL]["x"] == Held(value=None, order=(5, 0), first_order=(2, 0))


def test_of_one_submission_the_last_counts_and_the_first_gives_the_place():
    held = join_elements({}, [Element(TAG, "a", "1"), Element(TAG, "b", "2"), Element(TAG, "a", None)], (-7,))
    assert held == {"tag": {"a": Held(None, (-7, 2), (7, 0)), "b": Held("2", (-7, 1), (7, 1))}}


@pytest.mark.parametrize("values, stands", [(("1", None), "1"), (("1", "2"), "2"), ((None, None), None), (("", None), "")])
def test_of_two_that_are_as_new_the_greater_stands(values, stands):
    for one in permutations(values):
        assert join(*[(1, TAG, "a", value) for value in one])["tag"]["a"].value == stands


def test_what_is_there_is_listed_in_the_order_in_which_it_was_first_said():
    assert list(
        values_present(join((5, TAG, "a", "1"), (1, TAG, "b", "2"), (3, TAG, "c", None), (9, TAG, "b", "3"))["tag"]).items()
    ) == [
        ("b", "3"),
        ("a", "1"),
    ]


@pytest.mark.parametrize(
    "whole, whole_order, listed",
    [
        ((), (), ("a", "b")),
        ((), (2, 0), ("b",)),
        (("z",), (2, 0), ("z", "b")),
        (("c", "z"), (2, 0), ("z", "b")),
        (("b", "z"), (2, 0), ("b", "z")),
        (("a", "c"), (9,), ("a", "c")),
        (("z",), (1, 0), ("z", "b")),
        (("z",), (3, 0), ("z",)),
    ],
)
def test_a_whole_replaces_what_was_said_before_it(whole, whole_order, listed):
    held = join((1, TAG, "a", "a"), (3, TAG, "b", "b"), (4, TAG, "c", None))["tag"]
    assert list_present(held, whole=whole, whole_order=whole_order) == listed
