"""Text with wildcards."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.protocols.wildcards import ANY, ONE, to_wildcards


def parts_of(pattern: str) -> list[str]:
    return [{"*": ANY, "?": ONE}.get(character, character) for character in pattern]


@pytest.mark.parametrize(
    "pattern, like, unlike",
    [
        ("", [""], ["a"]),
        ("*", ["", "a", "ab"], []),
        ("a", ["a"], ["", "aa", "b"]),
        ("?", ["a", "?", "\N{GRINNING FACE}"], ["", "ab"]),
        ("a*", ["a", "ab"], ["", "ba"]),
        ("*a", ["a", "ba"], ["", "ab"]),
        ("a*a", ["aa", "aba"], ["a", "ab"]),
        ("**a**", ["a", "bab"], ["", "b"]),
        ("*ab*bc*", ["abbc", "xabybcz"], ["abc", "bcab"]),
        ("a?c*", ["abc", "a?cd"], ["ac", "abbc"]),
        ("*?b?*", ["aba", "xxbyy", "bbb"], ["ab", "ba", "b"]),
        ("*a?c", ["abc", "abcabc", "aabc"], ["abcd", "ac"]),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_one_character(pattern, like, unlike):
    wildcards = to_wildcards(parts_of(pattern))
    assert all(map(wildcards.matches, like))
    assert not any(map(wildcards.matches, unlike))


@given(st.text(alphabet="ab*?", max_size=10), st.text(alphabet="ab?", max_size=12))
def test_it_matches_as_a_regular_expression_does(pattern, value):
    expected = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    assert to_wildcards(parts_of(pattern)).matches(value) is (re.fullmatch(expected, value, re.DOTALL) is not None)
