"""JSON of bodies, decoded and encoded. Pure, and the same for arriving and stored bodies."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import msgspec

from shipledger.http.body_text import UnreadableBodyError
from shipledger.texts import PLACES_LIMIT, SentNumber, has_half, mend

MAX_DEPTH = 500
"""Maximum nesting. Python's own limit includes the caller's stack, so it could refuse a stored body later."""

MAX_VALUES = 50_000
"""Maximum number of values in a body: a value takes a hundred bytes of memory, and two bytes to send."""

ANY_NUMBER = sys.maxsize

REPLACED = "replaced"
"""The receipt parameter that says what was replaced in its body, such as lone surrogates, or left out."""

_LONGEST_EXACT_NUMBER = 400
_NO_MARKS = bytes(set(range(256)) - set(b'[]{},"'))
_SHALLOW_PASSES = 16
"""Each takes one level or two of the brackets away."""
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NEGATIVE_ZERO = re.compile(r"(?:^|[\[:,\s])-0(?=[\s,\]}]|$)")
_OPENING = {ord("]"): ord("["), ord("}"): ord("{")}


UnreadableJsonError = UnreadableBodyError
"""The text is not JSON, or there is no text at all."""


class UnwieldyJsonError(ValueError):
    """The text may be JSON, but parsing it would cost too much. ``wish`` continues "it must" or "it should"."""

    def __init__(self, wish: str) -> None:
        super().__init__(f"it must {wish}")
        self.wish = wish


class TooDeepError(UnwieldyJsonError):
    """The text is nested too deeply."""

    def __init__(self) -> None:
        super().__init__("be nested less deeply")


class TooManyValuesError(UnwieldyJsonError):
    """The text has too many values."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"hold at most {limit} values")


def decode_json(text: str, *, max_values: int = MAX_VALUES) -> Any:
    """The JSON value of ``text``, a byte order mark skipped. Raises UnreadableJsonError or UnwieldyJsonError.

    Integers keep all their digits, and other numbers their text if Python would write them differently.
    Strings may contain U+0000 and lone surrogates, which JSON can express.
    """
    text = text.removeprefix("\ufeff")
    openings = text.count("[") + text.count("{")
    if openings > MAX_DEPTH or openings + text.count(",") > max_values:
        _check_shape(text, max_values)
    if "-0" in text and _NEGATIVE_ZERO.search(text) is not None:
        return _decode_leniently(text)  # the other decoder turns it into 0
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, ValueError):
        return _decode_leniently(text)


def decode_body(text: str, *, max_values: int = MAX_VALUES) -> Any:
    """The same for storage: with U+FFFD for every lone surrogate, also in names. Strings may still contain U+0000."""
    value = decode_json(text, max_values=max_values)
    return mend(value).value if may_hold_surrogates(text) else value


def decode_kept(text: str) -> Any:
    """The same for an accepted body: it is parsed again regardless of the current limit of values."""
    return decode_body(text, max_values=ANY_NUMBER)


def may_hold_surrogates(text: str) -> bool:
    """Whether a string in the JSON ``text``, which came as UTF-8, may hold one: it is escaped then."""
    return "\\u" in text and _ESCAPED_SURROGATE.search(text) is not None


def note_replaced(text: str) -> dict[str, str]:
    """The receipt parameters for a body in which ``decode_body`` replaced something."""
    sentence = describe_replaced(mend(decode_json(text, max_values=ANY_NUMBER)).places) if may_hold_surrogates(text) else ""
    return {REPLACED: sentence} if sentence else {}


def with_remark(parameters: dict[str, str], sentence: str) -> dict[str, str]:
    """``parameters`` of a receipt that say ``sentence``, too."""
    return {**parameters, REPLACED: " ".join(filter(None, (parameters.get(REPLACED), sentence)))}


def describe_replaced(places: Iterable[str]) -> str:
    """A sentence with the members in which a lone surrogate was replaced; "" if none."""
    names = [place or "the body" for place in places]
    more = " and more" if len(names) >= PLACES_LIMIT else ""
    return f"{', '.join(names)}{more} contained half a character, replaced by U+FFFD." if names else ""


def encode_json(value: object) -> bytes:
    """The JSON of ``value``, which may echo anything that was sent.

    Lone surrogates are returned escaped, as sent, and integers with all their digits. Values too large for a float are null.
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
    """The unstorable part of ``text``, in words, or None: U+0000 or a lone surrogate."""
    if "\0" in text:
        return "the character U+0000"
    return "a lone surrogate" if has_half(text) else None


def _decode_leniently(text: str) -> Any:
    """JSON that msgspec refuses: lone surrogates, and numbers too large for a machine word."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_read_integer, parse_float=_read_number)
    except ValueError:
        raise UnreadableJsonError from None


def _read_number(text: str) -> float:
    """The number, with its text where Python or the encoder would write another one: theirs differ in exponents."""
    number = float(text)
    if not math.isfinite(number) or text == str(number) == msgspec.json.encode(number).decode():
        return number
    return SentNumber(text)


def _read_integer(digits: str) -> int | float:
    """Exact while that is cheap: the cost of Python's decimals grows with the square of their length."""
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
    """Check brackets and commas before parsing the text."""
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

    Without escapes, every second piece between quotes is a string. A pattern that skips strings would restart at
    every quote of an unterminated one.
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
