"""Values that break programs, and bodies that have one of them in one member."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any, TypeAlias

Place: TypeAlias = "tuple[str | int, ...]"
"""Where a member lies in a body."""

_MARK = "@@HOSTILE@@"
_NOISE = random.Random(7)
WIDE = "".join(chr(_NOISE.randrange(0x10000, 0x1FFFD)) for _ in range(16_000))
"""Characters of four bytes that no compression makes shorter: PostgreSQL compresses what is too long for an index."""

GROWING = "".join(_NOISE.choice("ΐΰὒὔὖᾷῂῒῗῢῧﬃ") for _ in range(2_000))
"""Characters that become two or three without case."""

_LONG = "x" * 4_000


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


TEXTS: dict[str, str] = {
    "high half": r'"a\ud83d"',
    "low half": r'"\ude00b"',
    "halves swapped": r'"\ude00\ud83d"',
    "half in a URL": r'"https://example.com/a\ud83d/b"',
    "half in an issue key": r'"SHIP-1\ud83d"',
    "NUL": r'"a\u0000b"',
    "only NUL": r'"\u0000"',
    "noncharacters": r'"a\uffff\ufffe\ud83f\udfff"',
    "byte order mark": _text("\ufeffx"),
    "controls": r'"\u0001\u001b\u007f\u0085\u009b\u2028\u202e"',
    "empty": '""',
    "blank": '" "',
    "digits of another script": _text("\uff11\uff12"),
    **{f"{size} wide characters": _text(WIDE[:size]) for size in (100, 130, 255, 512, 2_000, 15_000)},
    **{f"{size} growing characters": _text(GROWING[:size]) for size in (100, 255, 512)},
    "4,000 characters": _text(_LONG),
    "long URL": _text(f"https://example.com/{WIDE[:900]}/{WIDE[900:1_900]}"),
    "URL with odd bytes": _text("https://example.com/a%00/b%ff%ed%a0%80"),
    "long issue key": _text(f"{'S' * 255}-{'1' * 255}"),
}
NUMBERS: dict[str, str] = {
    "2^31": str(2**31),
    "2^63 - 1": str(2**63 - 1),
    "2^63": str(2**63),
    "-2^63": str(-(2**63)),
    "-2^63 - 1": str(-(2**63) - 1),
    "2^64": str(2**64),
    "309 digits": "1" + "0" * 308,
    "310 digits": "9" * 310,
    "5,000 digits": "9" * 5_000,
    "largest float": "1.7976931348623157e308",
    "too large for a float": "1e999",
    "too small for a float": "1e-999",
    "fraction": "1.5",
    "negative": "-1",
    "zero": "-0.0",
    "2^63 as text": f'"{2**63}"',
    "1e999 as text": '"1e999"',
    "NaN as text": '"NaN"',
}
TIMES: dict[str, str] = {
    text: _text(text)
    for text in (
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:01+14:00",
        "0001-01-01T00:00:01-14:00",
        "1969-12-31T23:59:59.999Z",
        "2016-12-31T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59+14:00",
        "10000-01-01T00:00:00Z",
    )
}
SHAPES: dict[str, str] = {
    "null": "null",
    "true": "true",
    "object": "{}",
    "list": "[]",
    "lists in lists": "[" * 400 + "]" * 400,
    "objects in objects": '{"a":' * 400 + "1" + "}" * 400,
    "half deep inside": "[" * 400 + r'"\ud83d"' + "]" * 400,
    "half in a name": r'{"a\ud83d": "b"}',
    "halves that make names equal": r'{"a\ud83d": "b", "a\ud83e": "c"}',
    "NUL in a name": r'{"a\u0000": "b"}',
    "long name": json.dumps({WIDE[:3_000]: "b"}),
    "large numbers in a list": "[1e999, 99999999999999999999999]",
    "501 texts": json.dumps([f"S-{number}" for number in range(501)]),
    "1,000 members": json.dumps({f"k{number}": "v" for number in range(1_000)}),
}
VALUES: dict[str, str] = {**TEXTS, **NUMBERS, **TIMES, **SHAPES}
"""JSON by what is odd in it."""

EVERYWHERE = "high half"
"""This is tried in each member, and of the others a few."""

UNREADABLE: dict[str, bytes] = {
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "lists without end": b"[" * 2_000 + b"]" * 2_000,
    "no UTF-8": b'"\xff"',
    "half in UTF-8": b'"\xed\xa0\xbd"',
    "U+0000 as it is": b'"a\x00b"',
}
"""What makes a whole body unreadable."""


def list_places(body: Any, at: Place = ()) -> Iterator[Place]:
    """Every member of a body, and every element of its lists."""
    if at:
        yield at
    for key, value in _members(body):
        yield from list_places(value, (*at, key))


def write(body: Any, at: Place, value: str) -> str:
    """The JSON of a body with the JSON ``value`` at a place."""
    return json.dumps(_put(body, at), ensure_ascii=False).replace(f'"{_MARK}"', value)


def write_twice(body: Any, at: Place, value: str) -> str:
    """The same, where the member of an object is there twice: as it is in the body, and then with ``value``, which counts."""
    sound = body
    for key in at:
        sound = sound[key]
    return write(body, at, f"{json.dumps(sound)}, {json.dumps(at[-1])}: {value}")


def choose(places: int, values: int, *, stride: int, start: int) -> Iterator[tuple[int, int]]:
    """Pairs of place and value, one of ``stride``, in which each value comes up, and each place meets others."""
    return ((place, value) for place in range(places) for value in range(values) if (place * 7 + value + start) % stride == 0)


def _members(body: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(body, dict):
        yield from body.items()
    elif isinstance(body, list):
        yield from enumerate(body)


def _put(body: Any, at: Place) -> Any:
    if not at:
        return _MARK
    if isinstance(body, dict):
        return {name: _put(value, at[1:]) if name == at[0] else value for name, value in body.items()}
    return [_put(value, at[1:]) if number == at[0] else value for number, value in enumerate(body)]
