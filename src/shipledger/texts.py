"""Text that every store can keep and every protocol can return. Pure.

JSON can express two things that cannot be stored: U+0000, which databases refuse, and half of a character outside the Basic
Multilingual Plane (a lone surrogate), which UTF-8 cannot encode. A sender that cuts a text inside an emoji sends such a half.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
PLACES_LIMIT = 20
"""Maximum number of reported places of replacements."""

_NUL = b"\\u0000"
_HALF = re.compile("[\ud800-\udfff]")
_SHOWN_LENGTH = 60
_INDEXED_BYTES = 600
_INDEXED_START_BYTES = 480

_CONTROLS = r"\x00-\x1f\x7f-\x9f"
_SEPARATORS = r"\u2028\u2029"
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = r"\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_HALVES = r"\ud800-\udfff"

STEERING = re.compile(f"[{_CONTROLS}{_SEPARATORS}{_DIRECTIONS}{_INVISIBLE}{_HALVES}]")
"""Characters that steer a terminal, hide, reverse what follows, or are half a character (no encoding has those)."""

_Way: TypeAlias = "tuple[_Way | None, str | int] | None"


class SentNumber(float):
    """A JSON number with its ``sent`` text, such as ``2.10``, which is used where a string is expected."""

    __slots__ = ("sent",)

    sent: str

    def __new__(cls, sent: str) -> Self:
        """The number that ``sent`` writes."""
        made = super().__new__(cls, sent)
        made.sent = sent
        return made


class Mended(NamedTuple):
    """A value without half characters, and the places where there were some, such as ``releases[0].commit.sha``."""

    value: Any
    places: tuple[str, ...]


def storable(text: str) -> str:
    """``text`` with U+FFFD in place of U+0000 and half characters, which databases cannot store."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    return _HALF.sub(REPLACEMENT, text) if has_half(text) else text


def storable_parts(value: T) -> T:
    """``value``, a Struct, with all its texts ``storable``. The same object, where they are."""
    try:
        if _NUL not in msgspec.json.encode(value):
            return value
    except UnicodeEncodeError:
        pass
    return msgspec.convert(_storable_parts(msgspec.to_builtins(value)), type(value))


def _storable_parts(part: Any) -> Any:
    if isinstance(part, str):
        return storable(part)
    if isinstance(part, dict):
        return {_storable_parts(name): _storable_parts(item) for name, item in part.items()}
    return [_storable_parts(item) for item in part] if isinstance(part, list | tuple) else part


def has_half(text: str) -> bool:
    """Whether ``text`` holds half a character."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def mend(value: Any) -> Mended:
    """``value``, decoded JSON, modified in place: U+FFFD replaces every half character in strings and names.

    If names become equal, the last one wins, as with duplicate names.
    """
    root = [value]
    places: list[str] = []
    pending: list[tuple[Any, _Way]] = [(root, None)]
    while pending:
        holder, way = pending.pop()
        for key, item in _items(holder):
            if isinstance(item, dict | list):
                pending.append((item, (way, key)))
            elif isinstance(item, str) and has_half(item):
                holder[key] = _HALF.sub(REPLACEMENT, item)
                _note(places, (way, key))
        if isinstance(holder, dict) and any(map(has_half, holder)):
            members = [(_HALF.sub(REPLACEMENT, name), item) for name, item in holder.items()]
            _note(places, *((way, name) for name in holder if has_half(name)))
            holder.clear()
            holder.update(members)
    return Mended(root[0], tuple(dict.fromkeys(sorted(places))))


def show(text: str) -> str:
    """``text`` for use in a sentence: on one line, invisible characters replaced, truncated if long."""
    line = "".join(letter if letter.isprintable() else REPLACEMENT for letter in text[: _SHOWN_LENGTH + 1])
    return line if len(line) <= _SHOWN_LENGTH else f"{line[:_SHOWN_LENGTH]}…"


def _items(holder: dict[str, Any] | list[Any]) -> list[tuple[Any, Any]]:
    return list(holder.items() if isinstance(holder, dict) else enumerate(holder))


def _note(places: list[str], *ways: _Way) -> None:
    places.extend(_write(way) for way in ways[: PLACES_LIMIT - len(places)])


def _write(way: _Way) -> str:
    steps = list(_steps(way))[-2::-1]  # without the list around the value
    return "".join(f"[{step}]" if isinstance(step, int) else f".{show(step)}" for step in steps).removeprefix(".")


def _steps(way: _Way) -> Iterator[str | int]:
    while way is not None:
        way, step = way
        yield step


def without_case(text: str) -> str:
    """As ``lower`` of both databases writes it, which knows a to z alone."""
    return "".join(one.lower() if one.isascii() else one for one in text)


def indexable(text: str) -> str:
    """``text`` as an index can hold it: PostgreSQL refuses entries of more than 2,704 bytes.

    The start of a longer text tells what it is, and its hash tells it from others.
    """
    plain = storable(text)
    if len(plain) <= _INDEXED_BYTES // 4:
        return plain
    encoded = plain.encode()
    if len(encoded) <= _INDEXED_BYTES:
        return plain
    return f"{encoded[:_INDEXED_START_BYTES].decode(errors='ignore')}…{hashlib.sha256(encoded).hexdigest()}"
