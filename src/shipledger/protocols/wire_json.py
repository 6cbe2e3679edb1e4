"""From the bytes of a body to JSON values and back. Pure, and the same for an arriving body and for a stored one."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from shipledger.texts import PLACES_LIMIT, SentNumber, has_half, mend

MAX_DEPTH = 500
"""Nesting that is read. Python's own limit counts the caller's stack too, so it could refuse a stored body later."""

MAX_VALUES = 50_000
"""How many values a body may hold: a value takes a hundred bytes in memory and time to make, and two bytes to send."""

ANY_NUMBER = sys.maxsize

REPLACED = "replaced"
"""The parameter of a receipt that says what of its body was replaced, such as lone surrogates, or left out."""

_LONGEST_EXACT_NUMBER = 400
_NO_MARKS = bytes(set(range(256)) - set(b'[]{},"'))
_SHALLOW_PASSES = 16
"""Each takes one level or two of the brackets away."""
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NEGATIVE_ZERO = re.compile(r"(?:^|[\[:,\s])-0(?=[\s,\]}]|$)")
_OPENING = {ord("]"): ord("["), ord("}"): ord("{")}


class UnreadableJsonError(ValueError):
    """The text is not JSON."""


class UnwieldyJsonError(ValueError):
    """The text may be JSON, but reading it would cost too much. ``wish`` goes on from "it must" or "it should"."""

    def __init__(self, wish: str) -> None:
        super().__init__(f"it must {wish}")
        self.wish = wish


class TooDeepError(UnwieldyJsonError):
    """The text is nested deeper than it is read, whatever else it is."""

    def __init__(self) -> None:
        super().__init__("be nested less deeply")


class TooManyValuesError(UnwieldyJsonError):
    """The text holds more values than are read, whatever else it is."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"hold at most {limit} values")


def decode_text(raw: bytes) -> str:
    """The text of a body, as sent. Raises UnreadableJsonError when it is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableJsonError from None


def decode_json(text: str, *, max_values: int = MAX_VALUES) -> Any:
    """The JSON value of ``text``, a byte order mark skipped. Raises UnreadableJsonError or UnwieldyJsonError.

    Integers keep all their digits, and other numbers their text where Python would write them otherwise.
    Strings may hold U+0000 and lone surrogates: both can be written in JSON.
    """
    text = text.removeprefix("\ufeff")
    openings = text.count("[") + text.count("{")
    if openings > MAX_DEPTH or openings + text.count(",") > max_values:
        _check_shape(text, max_values)
    if "-0" in text and _NEGATIVE_ZERO.search(text) is not None:
        return _decode_leniently(text)  # the other decoder makes 0 of it
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, ValueError):
        return _decode_leniently(text)


def decode_body(text: str, *, max_values: int = MAX_VALUES) -> Any:
    """The same as it is kept: with U+FFFD for every lone surrogate, in names too. Strings may still hold U+0000."""
    value = decode_json(text, max_values=max_values)
    return mend(value).value if may_hold_surrogates(text) else value


def decode_kept(text: str) -> Any:
    """The same of a body that was accepted: it is read again whatever number of values is taken by now."""
    return decode_body(text, max_values=ANY_NUMBER)


def may_hold_surrogates(text: str) -> bool:
    """Whether a string in the JSON ``text``, which came as UTF-8, may hold one: it is escaped then."""
    return "\\u" in text and _ESCAPED_SURROGATE.search(text) is not None


def note_replaced(text: str) -> dict[str, str]:
    """What a receipt keeps among its parameters of a body that was read, and in which ``decode_body`` replaced something."""
    sentence = describe_replaced(mend(decode_json(text, max_values=ANY_NUMBER)).places) if may_hold_surrogates(text) else ""
    return {REPLACED: sentence} if sentence else {}


def with_remark(parameters: dict[str, str], sentence: str) -> dict[str, str]:
    """``parameters`` of a receipt that say ``sentence``, too."""
    return {**parameters, REPLACED: " ".join(filter(None, (parameters.get(REPLACED), sentence)))}


def describe_replaced(places: Iterable[str]) -> str:
    """A sentence that names the members in which a lone surrogate was replaced; "" for none."""
    names = [place or "the body" for place in places]
    more = " and more" if len(names) >= PLACES_LIMIT else ""
    return f"{', '.join(names)}{more} contained half a character, replaced by U+FFFD." if names else ""


def encode_json(value: object) -> bytes:
    """The JSON of ``value``, which may echo anything that was sent.

    Lone surrogates go back as they came, escaped, and integers with all their digits. What is too large for a float is null.
    """
    try:
        return _ENCODER.encode(value)
    except UnicodeEncodeError:
        return _encode_leniently(value)


def _encode_leniently(value: object) -> bytes:
    """The same for what holds lone surrogates. A mark that is nowhere in the rest holds the place of numbers with a text."""
    mark, numbers = "~", list[str]()

    def hold(number: object) -> object:
        numbers.append(_sent_text(number))
        return mark

    text = _dump(msgspec.to_builtins(value, enc_hook=hold))
    while text.count(mark) != len(numbers):
        mark, numbers = mark + "~", []
        text = _dump(msgspec.to_builtins(value, enc_hook=hold))
    parts = text.split(f'"{mark}"')
    return "".join(part + number for part, number in zip(parts, [*numbers, ""], strict=True)).encode()


def _dump(value: object) -> str:
    return json.dumps(_without_infinity(value), separators=(",", ":"), allow_nan=False)


def _sent_text(number: object) -> str:
    if not isinstance(number, SentNumber):
        raise TypeError(f"no JSON can be made of {type(number).__name__}")
    return number.sent


def find_unstorable(text: str) -> str | None:
    """What of ``text`` no database keeps, in words, or None: U+0000 and lone surrogates are no characters."""
    if "\0" in text:
        return "the character U+0000"
    return "a lone surrogate" if has_half(text) else None


def _decode_leniently(text: str) -> Any:
    """What msgspec refuses although it is JSON: lone surrogates, and numbers that fit no machine word."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_read_integer, parse_float=_read_number)
    except ValueError:
        raise UnreadableJsonError from None


def _read_number(text: str) -> float:
    """The number, with its text where Python would write another one."""
    number = float(text)
    return number if not math.isfinite(number) or str(number) == text else SentNumber(text)


def _read_integer(digits: str) -> int | float:
    """Exact while that is cheap: Python's work on a decimal grows with the square of its length."""
    if digits == "-0":
        return SentNumber(digits)
    return int(digits) if len(digits) <= _LONGEST_EXACT_NUMBER else float(digits)


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(zip(value, map(_without_infinity, value.values()), strict=True))
    if isinstance(value, list | tuple):
        return list(map(_without_infinity, value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_shape(text: str, max_values: int) -> None:
    """Look at brackets and commas alone, before anything is made of the text."""
    marks = _find_marks(text, max_values)
    brackets = marks.translate(None, b",")
    if marks.count(b",") + brackets.count(b"[") + brackets.count(b"{") > max_values:
        raise TooManyValuesError(max_values)
    if not _are_shallow(brackets):
        _check_depth(brackets)


def _check_depth(brackets: bytes) -> None:
    open_brackets: list[int] = []
    is_too_deep = False
    for bracket in brackets:
        if bracket not in _OPENING:
            open_brackets.append(bracket)
            is_too_deep = is_too_deep or len(open_brackets) > MAX_DEPTH
        elif not open_brackets or open_brackets.pop() != _OPENING[bracket]:
            raise UnreadableJsonError
    if open_brackets:
        raise UnreadableJsonError
    if is_too_deep:
        raise TooDeepError


def _find_marks(text: str, max_values: int) -> bytes:
    """The brackets and commas of ``text`` outside of its strings.

    Without escapes, every second piece between quotes is a string. A pattern that steps over strings would begin anew at
    every quote of one that has no end.
    """
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    marks = text.encode("utf-8", "replace").translate(None, _NO_MARKS)
    if marks.count(b'"') > 4 * max_values + 4:  # a value may have a name, and each of the two has two quotes
        raise TooManyValuesError(max_values)
    return b"".join(marks.split(b'"')[::2])


def _are_shallow(brackets: bytes) -> bool:
    """Whether the brackets match each other in a few levels."""
    for _ in range(_SHALLOW_PASSES):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not brackets:
            return True
    return False


_DECODER = msgspec.json.Decoder(float_hook=_read_number)
_ENCODER = msgspec.json.Encoder(enc_hook=lambda number: msgspec.Raw(_sent_text(number).encode()))
