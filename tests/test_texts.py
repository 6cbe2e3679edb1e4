"""Text that every store keeps."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.texts import PLACES_LIMIT, has_half, mend, show, storable

ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=6)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "value, mended, places",
    [
        ("a\ud800", "a\ufffd", ("",)),
        ({"a": "\ud800\udbff"}, {"a": "\ufffd\ufffd"}, ("a",)),
        ({"a": [{"b": "x"}, {"b": "\udc00"}]}, {"a": [{"b": "x"}, {"b": "\ufffd"}]}, ("a[1].b",)),
        ({"a": {"b\ud800": ["\ud800"]}}, {"a": {"b\ufffd": ["\ufffd"]}}, ("a.b\ufffd", "a.b\ufffd[0]")),
        ({chr(0xD800): 1, chr(0xD801): 2}, {"\ufffd": 2}, ("\ufffd",)),
        (["\N{GRINNING FACE}", "\ufffd", "\0", 7], ["\N{GRINNING FACE}", "\ufffd", "\0", 7], ()),
    ],
)
def test_half_characters_are_replaced_and_their_places_told(value, mended, places):
    assert mend(value) == (mended, places)


@given(ANY_VALUE)
def test_any_json_value_can_be_encoded_once_it_is_mended_and_one_without_halves_is_left_alone(value: Any):
    before = copy.deepcopy(value)
    mended, places = mend(value)
    assert msgspec.json.encode(mended)
    assert bool(places) == ("Cs" in _categories(before))
    if not places:
        assert mended == before


@given(ANY_TEXT)
def test_any_text_can_be_stored(text: str):
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\0" not in kept
    assert not has_half(kept)
    assert storable(kept) is kept
    assert show(text).isprintable()


def test_the_places_that_are_told_are_bounded():
    mended, places = mend({f"k{number}": "\ud800" for number in range(1_000)})
    assert len(places) == PLACES_LIMIT
    assert set(mended.values()) == {"\ufffd"}


def test_nesting_costs_no_stack():
    value: Any = "\ud800"
    for _ in range(10_000):
        value = [value]
    mended, (place,) = mend(value)
    assert place == "[0]" * 10_000
    while isinstance(mended, list):
        (mended,) = mended
    assert mended == "\ufffd"


def _categories(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {kind for pair in value.items() for part in pair for kind in _categories(part)}
    if isinstance(value, list):
        return {kind for part in value for kind in _categories(part)}
    return {"Cs" for letter in value if "\ud800" <= letter <= "\udfff"} if isinstance(value, str) else set()
