"""What a terminal is shown of texts that strangers wrote."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.observability.terminal import in_json, on_lines, on_one_line

DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CATEGORIES_THAT_STEER = frozenset({"Cc", "Zl", "Zp", "Cs"})
SCRIPTS = "Grüße, 東京, Привет, שלום, مرحبا, हिन्दी, 👩‍💻 and 👍🏽"


def steers(character: str) -> bool:
    return unicodedata.category(character) in CATEGORIES_THAT_STEER or character in DIRECTIONS


def test_every_control_separator_and_direction_of_unicode_is_escaped() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1) if steers(chr(code))]
    assert {"\x85", "\x9b", "\x1b", "\u202e", "\u2028", "\u2029", "\ud800"} <= set(every)
    for character in every:
        assert on_one_line(f"a{character}b").replace("\ufffd", "").isascii()
        assert in_json(json.dumps(f"a{character}b", ensure_ascii=False)).isascii()
        assert on_lines(character).replace("\ufffd", "").isascii()


@pytest.mark.parametrize("text", [SCRIPTS, *SCRIPTS.split()])
def test_scripts_and_emoji_are_left_alone(text: str) -> None:
    assert on_one_line(text) == on_lines(text) == in_json(text) == text


def test_lines_stay_only_where_several_are_meant() -> None:
    assert on_one_line("a\nb\tc\r") == r"a\x0ab\x09c\x0d"
    assert on_lines("a\nb\tc\r") == "a\nb\tc\\x0d"


def test_an_escape_tells_which_character_it_stands_for() -> None:
    assert on_one_line("\x9b\u202e\U000e0041") == r"\x9b\u202e\U000e0041"


@given(st.text())
def test_an_escaped_document_says_the_same(text: str) -> None:
    document = json.dumps({text: [text]}, ensure_ascii=False)
    assert json.loads(in_json(document)) == {text: [text]}
