from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipledger.http.body_text import decode_text
from shipledger.protocols.scalars import to_text
from shipledger.protocols.wire_json import (
    MAX_DEPTH,
    MAX_VALUES,
    REPLACED,
    TooDeepError,
    TooManyValuesError,
    UnreadableJsonError,
    UnwieldyJsonError,
    decode_body,
    decode_json,
    encode_json,
    note_replaced,
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        '{"state": "started",',
        "{'a': 1}",
        "NaN",
        '{"a": NaN}',
        '{"a": -Infinity}',
        "{} {}",
        '{"a": 1,}',
        "[" * 40_000,
        "[" * 600 + "}" * 600,
        "]" * 600 + "[" * 600,
        '"\0"',
        "\ufeff",
    ],
)
def test_what_is_no_json_is_unreadable(text):
    with pytest.raises(UnreadableJsonError):
        decode_json(text)


def test_bytes_that_are_no_utf_8_are_unreadable():
    for raw in (b'"\xff"', b'"\xed\xa0\x80"', "{}".encode("utf-16")):
        with pytest.raises(UnreadableJsonError):
            decode_text(raw)


def test_a_byte_order_mark_is_skipped_and_kept_in_the_text():
    text = decode_text(b'\xef\xbb\xbf{"a": 1}')
    assert text.startswith("\ufeff")
    assert decode_json(text) == {"a": 1}


@pytest.mark.parametrize(
    "text, expected",
    [
        (r'{"a": "\ud800"}', {"a": "\ud800"}),
        (r'{"a": "\udc00x"}', {"a": "\udc00x"}),
        (r'{"a": "\ud83d\ude00"}', {"a": "\N{GRINNING FACE}"}),
        (r'{"a": "\u0000"}', {"a": "\0"}),
        ('{"a": 1e999}', {"a": float("inf")}),
    ],
)
def test_json_that_is_unusual_is_still_read(text, expected):
    assert decode_json(text) == expected


def test_half_a_character_is_replaced_in_a_body_and_noted_for_its_receipt():
    text = r'{"a\udc00": ["\ud83d\ude00", "x\ude00\ud83d"], "b": "\\ud800"}'
    assert decode_body(text) == {"a\ufffd": ["\N{GRINNING FACE}", "x\ufffd\ufffd"], "b": "\\ud800"}
    sentence = "a\ufffd, a\ufffd[1] contained half a character, replaced by U+FFFD."
    assert note_replaced(text) == {REPLACED: sentence}


@pytest.mark.parametrize("text", [r'{"a": "\ud83d\ude00"}', r'{"a": "\\ud800"}', '{"a": "\N{GRINNING FACE}"}', "{}"])
def test_whole_characters_are_left_alone(text):
    assert decode_body(text) == decode_json(text)
    assert note_replaced(text) == {}


@pytest.mark.parametrize(
    "value, written",
    [
        ({"a": "\ud800", "b": (float("inf"), 10**30)}, b'{"a":"\\ud800","b":[null,1000000000000000000000000000000]}'),
        ({"\udfff": {"a": [float("-inf")]}}, b'{"\\udfff":{"a":[null]}}'),
        ([float("nan")], b"[null]"),
    ],
)
def test_whatever_was_read_can_be_echoed_as_json(value, written):
    assert encode_json(value) == written


@pytest.mark.parametrize(
    "written",
    ["2.10", "1e+16", "1e-07", "1000000000000000000000.0", "1e3", "1E+3", "-0", "-0.0", "1.0", "0.10000000000000000000000001"],
)
def test_a_number_keeps_the_text_by_which_it_was_sent(written):
    for place, text in (("%s", written), ('{"a":[%s,1]}', written), ('{"a":"\\ud83d~","b":[%s,"~~",2.10]}', written)):
        sent = place % text
        value = decode_json(sent)
        assert encode_json(value).decode() == sent
        assert value == json.loads(sent)
    assert to_text(decode_json(written)) == written


def test_numbers_of_absurd_size_are_read():
    assert isinstance(decode_json('{"a": ' + "9" * 100_000 + "}")["a"], float)


def test_nesting_beyond_the_limit_is_refused_wherever_it_stands():
    deep = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    for text in (deep, '{"unknown": ' + deep + "}", '{"a":' * 40_000 + "1" + "}" * 40_000):
        with pytest.raises(TooDeepError):
            decode_json(text)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([1] * (MAX_VALUES + 1)),
        json.dumps([[]] * (MAX_VALUES + 1)),
        json.dumps({f"k{number}": {} for number in range(MAX_VALUES)}),
        "[" * 10_000_000,
        "[" * 1_000_000 + "]" * 1_000_000,
        '"' * 1_000_000 + "[" * 1_000,
        '["' + r'\\","' * MAX_VALUES + '"]',
    ],
)
def test_more_values_than_are_read_are_refused_before_anything_is_made_of_them(text):
    with pytest.raises(TooManyValuesError, match=str(MAX_VALUES)):
        decode_json(text)


def test_brackets_and_commas_within_strings_are_no_values():
    for string in ("[,{" * MAX_VALUES, '\\"[,' * MAX_VALUES, '"[,\\' * MAX_VALUES, "\\" * MAX_VALUES + "[" * MAX_VALUES):
        assert decode_json(json.dumps([string, [[]] * 300])) == [string, [[]] * 300]
    assert len(decode_json(json.dumps([1] * (MAX_VALUES - 2)))) == MAX_VALUES - 2


def test_many_brackets_that_are_not_deep_are_read():
    assert len(decode_json(json.dumps([[]] * 5_000))) == 5_000
    assert decode_json(json.dumps({"message": '"[' * 5_000})) == {"message": '"[' * 5_000}


@given(st.text())
def test_any_text_is_json_or_one_of_two_errors(text):
    with contextlib.suppress(UnreadableJsonError, UnwieldyJsonError):
        decode_json(text)


@given(st.binary())
def test_any_bytes_are_json_or_one_of_two_errors(raw):
    with contextlib.suppress(UnreadableJsonError, UnwieldyJsonError):
        decode_json(decode_text(raw))
